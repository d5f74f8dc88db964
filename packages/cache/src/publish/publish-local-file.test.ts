import { mkdir, readFile, readdir, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { COMMIT, FILES, GOLDEN, golden } from "../../test/golden-model.ts";
import { codeOf } from "../../test/codes.ts";
import { CacheError } from "../names/errors.ts";
import { localDirPaths, localPartialPaths } from "../names/local-dir.ts";
import { readLocalMetadata } from "../records/local-metadata.ts";
import { readLocalTreeRecord, writeLocalTreeRecord } from "../records/local-tree-record.ts";
import { prepareLocalDir } from "./prepare-local-dir.ts";
import { inspectLocalFiles, publishLocalFile, recognizeLocalFiles } from "./publish-local-file.ts";

const CONFIG = golden("config.json").file;

async function stageLocal(localDir: string, path: string): Promise<string> {
  const { data } = localPartialPaths(localDir, golden(path).file.digest.hex);
  await mkdir(join(data, ".."), { recursive: true });
  await writeFile(data, golden(path).content, { mode: 0o600 });
  return data;
}

async function publish(localDir: string, path: string): Promise<string> {
  const from = await stageLocal(localDir, path);
  return await publishLocalFile(localDir, { commit: COMMIT, file: golden(path).file, from });
}

test("a published file lies under its own name, with the note that Python's client would make", async () => {
  const localDir = join(await tempDir(), "new", "folder");
  for (const { file, content } of GOLDEN) {
    expect(await publish(localDir, file.path)).toBe(join(localDir, file.path));
    expect(await readFile(join(localDir, file.path))).toEqual(content);
  }
  const note = await readFile(
    join(localDir, ".cache/huggingface/download/sub/dir/notes.txt.metadata"),
    "latin1",
  );
  expect(note).toMatch(/^[0-9a-f]{40}\nce013625030ba8dba906f756967f9e9ca394464a\n\d+(\.\d+)?\n$/);
  const metadata = join(localDir, ".cache/huggingface");
  expect(await readFile(join(metadata, ".gitignore"), "utf8")).toBe("*");
  expect(await readFile(join(metadata, "CACHEDIR.TAG"), "utf8")).toMatch(/^Signature: 8a477f59/);
  expect(await readdir(join(metadata, ".partial"))).toEqual([]);
  const states = await inspectLocalFiles(localDir, COMMIT, FILES);
  expect(new Set(states.values())).toEqual(new Set(["present"]));
});

test("a file that another commit has too is present, and can be noted for that commit", async () => {
  const localDir = await tempDir();
  await publish(localDir, "config.json");
  const commit = "f".repeat(40);
  expect((await inspectLocalFiles(localDir, commit, [CONFIG])).get("config.json")).toBe("present");
  await publishLocalFile(localDir, { commit, file: CONFIG });
  expect((await readLocalMetadata(localDir, "config.json"))?.commit).toBe(commit);
});

test("a file that was changed, cut or removed since is absent", async () => {
  const localDir = await tempDir();
  const present = async (): Promise<boolean> =>
    (await inspectLocalFiles(localDir, COMMIT, [CONFIG])).get("config.json") === "present";
  const path = await publish(localDir, "config.json");
  expect(await present()).toBe(true);
  const later = Date.now() / 1000 + 100;
  await utimes(path, later, later);
  expect(await present()).toBe(false);
  await publish(localDir, "config.json");
  await writeFile(path, "short");
  expect(await present()).toBe(false);
  await rm(path);
  expect(await present()).toBe(false);
  expect(await readLocalMetadata(localDir, "config.json")).toBeUndefined();
});

test("a file from a clock ahead of ours can still be noted", async () => {
  const localDir = await tempDir();
  await writeFile(join(localDir, "config.json"), golden("config.json").content);
  const later = Date.now() / 1000 + 1000;
  await utimes(join(localDir, "config.json"), later, later);
  await publishLocalFile(localDir, { commit: COMMIT, file: CONFIG });
  expect(await readLocalMetadata(localDir, "config.json")).toBeDefined();
});

test.each([
  "",
  "x",
  `${COMMIT}\n`,
  `${COMMIT}\netag\nsoon\n`,
  `main\netag\n1\n`,
  `${COMMIT}\n\n1\n`,
])("%j is no note", async (text) => {
  const localDir = await tempDir();
  await publish(localDir, "config.json");
  await writeFile(localDirPaths(localDir, "config.json").metadata, text);
  expect(await readLocalMetadata(localDir, "config.json")).toBeUndefined();
});

test("paths that leave the folder or forge its notes are refused", async () => {
  const localDir = await tempDir();
  for (const path of [
    "../evil",
    "/evil",
    ".cache/huggingface/download/a.metadata",
    ".Cache/HuggingFace",
  ]) {
    expect(await codeOf(() => localDirPaths(localDir, path))).toBe("cache/unsafe-path");
  }
  expect(await codeOf(() => localPartialPaths(localDir, "../../x"))).toBe("cache/invalid-digest");
});

test.each(["sub", "sub/dir", ".cache", ".cache/huggingface", ".cache/huggingface/download"])(
  "a link planted at %s lets nothing be written outside",
  async (place) => {
    const localDir = await tempDir();
    const outside = await tempDir();
    const from = join(await tempDir(), "proved");
    await writeFile(from, golden("sub/dir/notes.txt").content);
    await mkdir(join(localDir, place, ".."), { recursive: true });
    await symlink(outside, join(localDir, place));
    const entry = { commit: COMMIT, file: golden("sub/dir/notes.txt").file, from };
    expect(await codeOf(() => publishLocalFile(localDir, entry))).toBe("cache/damaged");
    const prepared = prepareLocalDir(localDir).then(
      () => !place.startsWith(".cache"),
      (error: unknown) => place.startsWith(".cache") && error instanceof CacheError,
    );
    expect(await prepared).toBe(true);
    expect(await readdir(outside)).toEqual([]);
  },
);

test("a file that is a link is replaced, and its target stays unchanged", async () => {
  const localDir = await tempDir();
  const outside = join(await tempDir(), "precious");
  await writeFile(outside, "precious", { mode: 0o600 });
  await symlink(outside, join(localDir, "config.json"));
  await publish(localDir, "config.json");
  expect(await readFile(outside, "utf8")).toBe("precious");
  expect((await stat(outside)).mode & 0o777).toBe(0o600);
});

test("a note is not made for a file of the wrong length", async () => {
  const localDir = await tempDir();
  await writeFile(join(localDir, "config.json"), "short");
  const work = (): Promise<string> => publishLocalFile(localDir, { commit: COMMIT, file: CONFIG });
  expect(await codeOf(work)).toBe("cache/size-mismatch");
});

test("the listing of a local folder is read back as it was written", async () => {
  const localDir = await tempDir();
  expect(await readLocalTreeRecord(localDir, COMMIT)).toBeUndefined();
  await writeLocalTreeRecord(localDir, COMMIT, FILES);
  expect(await readLocalTreeRecord(localDir, COMMIT)).toHaveLength(FILES.length);
});

test("files are recognized by their bytes alone, and only those of the right length are read", async () => {
  const localDir = await tempDir();
  const told: string[] = [];
  const [first, second, third] = [
    golden("config.json"),
    golden("README.md"),
    golden("sub/dir/notes.txt"),
  ];
  await writeFile(join(localDir, "config.json"), first.content);
  await writeFile(
    join(localDir, "README.md"),
    second.content.map((byte) => byte ^ 1),
  );
  await mkdir(join(localDir, "sub/dir"), { recursive: true });
  await writeFile(join(localDir, "sub/dir/notes.txt"), "longer than it should be");
  const found = await recognizeLocalFiles(localDir, [first.file, second.file, third.file], {
    onFile: ({ path }) => told.push(path),
  });
  expect([...found]).toEqual(["config.json"]);
  expect(told).toEqual(["config.json", "README.md"]);
});
