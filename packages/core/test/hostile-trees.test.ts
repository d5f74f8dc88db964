import { mkdir, readFile, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { failure, filesBelow, MODEL, startRoad } from "./fixture.ts";

const oid = "8e2e871357bef652084a73f7173adc5eb8859a33";
const entry = (over: Record<string, unknown>): Record<string, unknown> => ({
  type: "file",
  oid,
  size: 7,
  path: "README.md",
  ...over,
});
const weights = { oid: "ab".repeat(32), size: 100, pointerSize: 128 };

const TREES: Record<string, readonly unknown[]> = {
  "a path that climbs out": [entry({ path: "../../../evil" })],
  "a path that climbs out in the middle": [entry({ path: "a/../../evil" })],
  "an absolute path": [entry({ path: "/tmp/mlx-download-evil" })],
  "a NUL in a path": [entry({ path: "a\0b" })],
  "a newline in a path": [entry({ path: "a\nb" })],
  "a backslash path": [entry({ path: "..\\..\\evil" })],
  "a drive path": [entry({ path: "C:\\evil" })],
  "a drive-relative path": [entry({ path: "D:evil" })],
  "a UNC path": [entry({ path: "\\\\host\\share\\evil" })],
  "an empty path": [entry({ path: "" })],
  "a path of dots": [entry({ path: "./a/." })],
  "two files of one path": [entry({}), entry({ size: 8 })],
  "a file and a folder of one name": [entry({ path: "a" }), entry({ path: "a/b" })],
  "a negative size": [entry({ size: -5 })],
  "a huge size": [entry({ size: 2 ** 60 })],
  "a size that is no number": [entry({ size: "7 kB" })],
  "a size with a fraction": [entry({ size: 7.5 })],
  "a digest that is a path": [entry({ lfs: { ...weights, oid: "../../../evil" } })],
  "a git digest that is a path": [entry({ oid: "../../../evil" })],
  "a digest of another length": [entry({ lfs: { ...weights, oid: "abcd" } })],
  "no digest at all": [{ type: "file", path: "README.md", size: 7 }],
  "an entry that is null": [null],
};

describe("a hostile listing is refused and leaves nothing behind", () => {
  test.each(Object.entries(TREES))("%s", async (_, tree) => {
    const { hub, get, cacheDir } = await startRoad();
    const outside = dirname(cacheDir);
    await hub.addRepo("acme/hostile", { "README.md": "# tiny\n" }, { tree: () => tree });
    const error = await failure(get("acme/hostile"));
    expect(["hub/unsafe-tree", "hub/bad-response", "cache/unsafe-path"]).toContain(error.code);
    expect(error.hint).not.toBe("");
    expect(await filesBelow(outside)).toEqual([]);
  });
});

test.each(["../../../evil", "", "main", "A".repeat(40), "0".repeat(41)])(
  "a commit that is no commit (%j) is refused",
  async (commit) => {
    const { hub, get, cacheDir } = await startRoad();
    await hub.addRepo("acme/hostile", MODEL, { commit });
    const error = await failure(get("acme/hostile"));
    expect(["hub/bad-response", "hub/revision-not-found"]).toContain(error.code);
    expect(await filesBelow(dirname(cacheDir))).toEqual([]);
  },
);

test.each(["blobs", "snapshots", ".partial", "refs", "trees"])(
  "a %s folder that was replaced by a link leads nobody outside",
  async (folder) => {
    const { hub, get, cacheDir } = await startRoad();
    await hub.addRepo("acme/tiny", MODEL);
    const outside = await tempDir();
    const repo = join(cacheDir, "models--acme--tiny");
    await mkdir(repo, { recursive: true });
    await symlink(outside, join(repo, folder));
    expect((await failure(get("acme/tiny"))).code).toBe("cache/damaged");
    expect(await filesBelow(outside)).toEqual([]);
  },
);

test("a link in a partial's place is not written through", async () => {
  const { hub, get, cacheDir } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  const { files } = await get("acme/tiny", { include: "*.safetensors" });
  const hex = files[0]?.digest.split(":")[1] ?? "";
  const outside = join(await tempDir(), "target");
  const second = join(dirname(cacheDir), "other");
  const partial = join(second, "models--acme--tiny/.partial");
  await mkdir(partial, { recursive: true });
  await symlink(outside, join(partial, `${hex}.data`));
  const error = await get("acme/tiny", { cacheDir: second }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Error);
  await expect(readFile(outside)).rejects.toMatchObject({ code: "ENOENT" });
});

test.each(["org/name/../..", "../evil", "org/..", "a/b/c", "-x/y", "org/na me", ""])(
  "%j is no repo id",
  async (ref) => {
    const { get, cacheDir } = await startRoad();
    const error = await failure(get(ref));
    expect(["ref/invalid", "cache/invalid-repo-id"]).toContain(error.code);
    expect(await filesBelow(dirname(cacheDir))).toEqual([]);
  },
);

test.each(["../../evil", "/etc/passwd", "a\\b", "a\0b", "refs/../x", ""])(
  "%j is no revision",
  async (revision) => {
    const { get, cacheDir } = await startRoad();
    const error = await failure(get("acme/tiny", { revision }));
    expect(["ref/invalid", "cache/invalid-revision"]).toContain(error.code);
    expect(await filesBelow(dirname(cacheDir))).toEqual([]);
  },
);
