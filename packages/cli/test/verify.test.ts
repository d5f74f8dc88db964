import { once } from "node:events";
import {
  appendFile,
  open,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { modelFiles, ndjson, readUntil, startStage } from "./stage.ts";

const repo = "org/model";

async function filledStage() {
  const stage = await startStage();
  await stage.hub.addRepo(repo, modelFiles(5_000_000));
  const { stdout } = await stage.run([repo, "-q"]);
  const folder = join(stage.cacheDir, "models--org--model");
  return { ...stage, path: stdout.trimEnd(), folder };
}

async function flip(path: string, at: number): Promise<void> {
  const file = await open(path, "r+");
  await file.write(Buffer.from([0xaa, 0x55]), 0, 2, at);
  await file.close();
}

const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

test("verify that is killed in the middle goes on from what it had proved", async () => {
  const { run, start, folder, path } = await filledStage();
  // Holes take no room on the disk and minutes to read, so the kill comes in the middle on any machine.
  const name = "f".repeat(64);
  const holes = await open(join(folder, "blobs", name), "wx");
  await holes.truncate(200_000_000_000);
  await holes.close();
  const entry = join(path, "holes.bin");
  await symlink(`../../blobs/${name}`, entry);
  const child = start(["verify", "--events", "--threads", "2"]);
  const closed = once(child, "close");
  // Six of seven files are proved, and that was noted some events ago.
  await readUntil(child.stdout, /(?:"filesDone":6[^]*){4}/);
  child.kill("SIGKILL");
  expect(await closed).toEqual([null, "SIGKILL"]);
  await rm(entry);
  const again = json((await run(["verify", "--json"])).stdout);
  expect(again).toMatchObject({ checked: 6, bytesKnown: 10_000_000, bad: [] });
  // What was finished is begun anew.
  expect(json((await run(["verify", "--json"])).stdout)).toMatchObject({ bytesKnown: 0 });
});

test("a dataset is verified and repaired by its type, also where a model has its id", async () => {
  const { run, folder, cacheDir, hub } = await filledStage();
  await rename(folder, join(cacheDir, "datasets--org--model"));
  expect((await run(["verify", repo])).code).toBe(4);
  const good = await run(["verify", repo, "--type", "dataset"]);
  expect(good).toMatchObject({ code: 0, stdout: expect.stringContaining("6 files checked") });
  const blobs = join(cacheDir, "datasets--org--model", "blobs");
  const sizes = await Promise.all(
    (await readdir(blobs)).map(
      async (name) => [name, (await stat(join(blobs, name))).size] as const,
    ),
  );
  const [large = ""] = sizes.find(([, size]) => size === 5_000_000) ?? [];
  await flip(join(blobs, large), 1000);
  const bad = await run(["verify", repo, "--type", "dataset"]);
  expect(bad.code).toBe(7);
  expect(bad.stderr).toContain("Next: mlx-download repair org/model --type dataset");
  // Nobody said which kind here: the command names it.
  expect((await run(["verify"])).stderr).toContain("repair org/model --type dataset\n");
  // The Hub has a model of this name and no such dataset: nothing is moved.
  const absent = await run(["repair", repo, "--type", "dataset"]);
  expect(absent).toMatchObject({ code: 4, stdout: expect.stringContaining("failed") });
  expect((await stat(join(blobs, large))).size).toBe(5_000_000);
  await hub.addRepo(repo, modelFiles(5_000_000), { repoType: "dataset" });
  hub.log.clear();
  const repair = await run(["repair", repo, "--type", "dataset", "--json"]);
  expect(json(repair.stdout)).toMatchObject({
    repaired: [{ repoType: "dataset", how: "segments" }],
    failed: [],
  });
  expect(hub.log.entries.map(({ url }) => url).join("\n")).not.toContain("/api/models");
  expect((await run(["verify", repo, "--type", "dataset", "--hub"])).code).toBe(0);
  expect((await run(["verify", "--type", "dataset"])).code).toBe(2);
});

test("verify says that all is well, names what is bad with exit code 7, and repair puts it right", async () => {
  const { run, path } = await filledStage();
  const well = await run(["verify"]);
  expect(well).toMatchObject({ code: 0 });
  expect(well.stdout).toBe("6 files checked, 10.0 MB read, none bad.\n");

  await flip(join(path, "model-00001-of-00002.safetensors"), 4_500_000);
  const bad = await run(["verify", repo]);
  expect(bad.code).toBe(7);
  expect(bad.stdout).toMatch(
    /^bad {2}org\/model@[0-9a-f]{7} model-00001-of-00002\.safetensors: Its bytes are not the file's\. The damage begins in bytes 4194304-4999999\.\n/,
  );
  expect(bad.stderr).toContain(`Next: mlx-download repair ${repo}`);
  const told = await run(["cache", "verify", repo, "--json"]);
  expect(told.code).toBe(7);
  expect(json(told.stdout)).toMatchObject({
    schema: 1,
    checked: 6,
    bytes: expect.any(Number),
    bad: [
      {
        repoId: repo,
        commit: expect.stringMatching(/^[0-9a-f]{40}$/),
        path: "model-00001-of-00002.safetensors",
        blob: expect.stringContaining("/blobs/"),
        expected: expect.stringMatching(/^sha256:/),
        actual: expect.stringMatching(/^sha256:/),
      },
    ],
    missing: [],
  });

  const mended = await run(["repair", repo, "--json"]);
  expect(mended.code).toBe(0);
  expect(json(mended.stdout)).toMatchObject({
    schema: 1,
    repaired: [{ repoId: repo, path: "model-00001-of-00002.safetensors", how: "segments" }],
    bytes: { fetched: expect.any(Number), wire: 5_000_000 - 4_194_304 },
    failed: [],
  });
  expect(await run(["verify", repo, "--quick"])).toMatchObject({ code: 0 });
});

test("repair, cache ls, doctor and prune say the same of what a repair set aside", async () => {
  const { run, path } = await filledStage();
  await flip(join(path, "model-00001-of-00002.safetensors"), 4_500_000);
  const aside = "5.00 MB in quarantine";
  const repaired = await run(["repair", repo]);
  expect(repaired.stdout).toContain(
    `\n1 repaired, 806 kB fetched. Damaged data: ${aside} (mlx-download cache prune).\n`,
  );
  expect(repaired.stderr).toMatch(
    /^Plan: 1 file, 5\.00 MB: 4\.19 MB already here, 806 kB to fetch, /m,
  );
  expect(repaired.stderr).not.toMatch(/Stopped|Retry|last attempt|promised/);
  expect((await run(["cache", "ls"])).stderr).toContain(`; ${aside} (mlx-download cache prune)\n`);
  expect((await run(["repair"])).stdout).toBe(
    `6 files checked, nothing to repair. Damaged data: ${aside} (mlx-download cache prune).\n`,
  );
  expect((await run(["doctor", "--offline"])).stdout).toMatch(
    /^ok +cache .*1 repo, 10\.0 MB; 5\.00 MB in quarantine$/m,
  );
  const pruned = await run(["cache", "prune", "--yes"]);
  expect(pruned.stderr).toContain(aside);
  expect(pruned.stderr).toContain("Removed from 1 repo, 5.00 MB freed.");
  expect((await run(["cache", "ls"])).stderr).not.toContain("quarantine");
  expect((await run(["repair"])).stdout).toBe("6 files checked, nothing to repair.\n");
});

test("the command that verify names repairs the folder that it looked at", async () => {
  const { run, hub } = await startStage();
  await hub.addRepo(repo, modelFiles(1000));
  const dir = join(await tempDir(), "my model");
  await run([repo, "--local-dir", dir, "-q"]);
  await appendFile(join(dir, "config.json"), " ");
  const bad = await run(["verify", repo, "--local-dir", dir]);
  expect(bad.code).toBe(7);
  expect(bad.stderr).toContain(`Next: mlx-download repair ${repo} --local-dir '${dir}'\n`);
  const unnamed = await run(["verify", "--local-dir", dir]);
  expect(unnamed.stderr).toContain(`Next: mlx-download repair org/name --local-dir '${dir}'\n`);
  const mended = await run(["repair", repo, "--local-dir", dir]);
  expect(mended.code).toBe(0);
  expect(mended.stdout).toContain(`Damaged data: 65 B in quarantine (${dir}`);
});

test("repair in words says what was done, and what could not be", async () => {
  const { run, path, hub } = await filledStage();
  await flip(join(path, "config.json"), 0);
  const { code, stdout } = await run(["repair", repo]);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^repaired org\/model@[0-9a-f]{7} config\.json: fetched again as a whole\.$/m,
  );
  expect(stdout).toContain("1 repaired, 64 B fetched.");
  await flip(join(path, "config.json"), 0);
  hub.faults.add({ on: "api", kind: "status", status: 404 });
  const failed = await run(["repair", repo]);
  expect(failed.code).toBe(4);
  expect(failed.stdout).toContain("failed org/model");
});

test("the events of a verification end with the result", async () => {
  const { run, path } = await filledStage();
  await flip(join(path, "model-00002-of-00002.safetensors"), 0);
  const { code, stdout } = await run(["verify", "--events"]);
  expect(code).toBe(7);
  const events = ndjson(stdout);
  expect(events[0]).toMatchObject({ schema: 1, type: "verify-started", files: 6 });
  expect(events.map(({ type }) => type)).toContain("verify-bad");
  expect(events.at(-1)).toMatchObject({ type: "result", result: { checked: 6 } });
});

test("cache ls shows every repo with what is wrong, and --json what machines read", async () => {
  const { run, folder, path } = await filledStage();
  await writeFile(join(folder, "refs", "broken"), "0123456");
  await rm(join(path, "tokenizer.json"));
  const { code, stdout, stderr } = await run(["cache", "ls"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^REPO +SIZE +FILES +REVISIONS +REFS +USED +STATE$/m);
  expect(stdout).toMatch(/^org\/model +10\.0 MB +5 +1 +main +\d{4}-\d\d-\d\d +1 finding$/m);
  expect(stderr).toContain("bad-ref");
  const body = json((await run(["cache", "ls", "--json"])).stdout);
  expect(body).toMatchObject({
    schema: 1,
    cacheDir: expect.any(String),
    sizeOnDisk: expect.any(Number),
    repos: [
      {
        repoId: repo,
        repoType: "model",
        path: folder,
        files: 5,
        lastUsedAt: expect.any(Number),
        refs: { main: expect.any(String) },
        revisions: [{ commit: expect.any(String), files: 5, complete: false }],
        findings: [{ code: "unreferenced-blob" }, { code: "bad-ref" }].toReversed(),
      },
    ],
    findings: [],
  });
  expect((await run(["cache", "ls", "-q"])).stdout).toBe(`${repo}\n`);
  expect((await run(["cache", "ls", "--where", "size>1GB", "-q"])).stdout).toBe("");
  expect((await readdir(folder)).toSorted()).toContain("snapshots");
});

test("verify is exit code 7 when content is gone, or nothing of a named model could be verified", async () => {
  const { run, folder, path } = await filledStage();
  await rm(join(folder, "trees"), { recursive: true });
  await rm(join(folder, "blobs"), { recursive: true });
  const gone = await run(["verify", repo]);
  expect(gone).toMatchObject({ code: 7, stdout: expect.stringContaining("gone org/model@") });
  expect(gone.stdout).toContain("none of its files is here");
  for (const name of await readdir(path)) {
    await rm(join(path, name));
    await writeFile(join(path, name), "plain");
  }
  const unknown = await run(["verify", repo]);
  expect(unknown).toMatchObject({ code: 7, stdout: expect.stringContaining("--hub") });
  expect((await run(["verify"])).code).toBe(0);
  expect((await run(["verify", repo, "--hub"])).code).toBe(7);
  await rm(join(folder, "snapshots"), { recursive: true });
  expect((await run(["verify", repo])).code).toBe(4);
});

test("verify --quick leaves nothing from which a later verification goes on", async () => {
  const { run, folder } = await filledStage();
  // Its header is none, so that even a quick look reads and hashes it, and finds it as it was published.
  expect(json((await run(["verify", "--quick", "--json"])).stdout)).toMatchObject({ bad: [] });
  const [blob = ""] = (await readdir(join(folder, "blobs"))).filter((name) => name.length === 64);
  const before = await stat(join(folder, "blobs", blob));
  await flip(join(folder, "blobs", blob), 4_000_000);
  await utimes(join(folder, "blobs", blob), before.atime, before.mtime);
  const full = await run(["verify", "--json"]);
  expect(full.code).toBe(7);
  expect(json(full.stdout)).toMatchObject({ bytesKnown: 0, bad: [{ reason: "digest" }] });
});

test("what is not in the cache cannot be verified: exit code 4", async () => {
  const { run } = await startStage();
  const { code, stdout } = await run(["verify", "org/none", "--json"]);
  expect(code).toBe(4);
  expect(json(stdout)).toMatchObject({ error: { code: "cache/not-found" } });
  expect(await run(["verify"])).toMatchObject({
    code: 0,
    stdout: "0 files checked, 0 B read, none bad.\n",
  });
});
