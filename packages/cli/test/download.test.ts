import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modelFiles, ndjson, readUntil, startStage } from "./stage.ts";

const repo = "mlx-community/Tiny-4bit";
const shard = 300_000;
const total = 2 * shard;

test("a first download prints the path alone on stdout and tells its story on stderr", async () => {
  const { hub, run, cacheDir } = await startStage();
  const { commit } = await hub.addRepo(repo, modelFiles(shard));
  const { code, stdout, stderr } = await run([repo]);
  expect(stdout).toBe(
    `${join(cacheDir, "models--mlx-community--Tiny-4bit", "snapshots", commit)}\n`,
  );
  expect(code).toBe(0);
  expect(existsSync(join(stdout.trim(), "model-00002-of-00002.safetensors"))).toBe(true);
  expect(stderr).toContain(`Resolved ${repo} @ ${commit.slice(0, 7)}\n`);
  expect(stderr).toMatch(/^Plan: 6 files, 600 kB: 600 kB to fetch, .* free$/m);
  expect(stderr).toMatch(/^Verified 6 files in [\d.]+ s: 600 kB fetched(?: at \S+ \S+)?$/m);
  expect(stderr).toContain(`Next: mlx_lm.generate --model ${repo} --prompt "Hello"\n`);
  for (const character of ["\r", "\u001b"]) expect(stderr).not.toContain(character);
});

test("a second run finds everything, also without a network", async () => {
  const { hub, run, env } = await startStage();
  await hub.addRepo(repo, modelFiles(shard));
  const first = await run([repo, "-q"]);
  const second = await run([repo]);
  expect(second.stdout).toBe(first.stdout);
  expect(second.stderr).toContain("All 6 files are here already (600 kB), nothing fetched\n");
  env["HF_ENDPOINT"] = "http://127.0.0.1:9";
  const offline = await run([repo, "--offline"]);
  expect(offline).toMatchObject({ code: 0, stdout: first.stdout });
  expect(offline.stderr).toContain("(from the cache)");
});

test("--quiet leaves stderr empty", async () => {
  const { hub, run } = await startStage();
  await hub.addRepo(repo, modelFiles(shard));
  expect(await run(["get", repo, "-q"])).toMatchObject({ code: 0, stderr: "" });
});

test("--json is one value with the fields that machines rely on", async () => {
  const { hub, run, cacheDir } = await startStage();
  const { commit } = await hub.addRepo(repo, modelFiles(shard));
  const { code, stdout } = await run([`${repo}@main`, "--json"]);
  expect(code).toBe(0);
  const value = JSON.parse(stdout) as Record<string, unknown>;
  expect(Object.keys(value)).toEqual([
    "schema",
    "repoId",
    "revision",
    "commit",
    "path",
    "fromCache",
    "durationMs",
    "quantization",
    "bytes",
    "sources",
    "files",
    "leftOut",
    "next",
  ]);
  expect(value).toMatchObject({
    schema: 1,
    repoId: repo,
    revision: "main",
    commit,
    path: join(cacheDir, "models--mlx-community--Tiny-4bit", "snapshots", commit),
    fromCache: false,
    bytes: { cached: 0, resumed: 0, copied: 0 },
  });
  const bytes = value["bytes"] as Record<string, number>;
  expect(bytes["total"]).toBe(bytes["fetched"]);
  expect(bytes["wire"]).toBeGreaterThanOrEqual(total);
  expect(value["files"]).toContainEqual({
    path: "model-00001-of-00002.safetensors",
    size: shard,
    digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    status: "fetched",
  });
  const again = JSON.parse((await run([repo, "--json", "-q"])).stdout) as Record<string, unknown>;
  expect(again).toMatchObject({ fromCache: true, bytes: { fetched: 0, cached: bytes["total"] } });
});

test("--events is a line of JSON an event, and the last one is the result", async () => {
  const { hub, run } = await startStage();
  await hub.addRepo(repo, modelFiles(shard));
  const events = ndjson((await run([repo, "--events"])).stdout);
  for (const event of events) {
    expect(event).toMatchObject({
      schema: 1,
      type: expect.any(String),
      at: expect.any(Number),
      repoId: repo,
    });
  }
  const types = events.map(({ type }) => type);
  expect(types.slice(0, 3)).toEqual(["resolving", "resolved", "planned"]);
  expect(types.filter((type) => type === "result" || type === "error")).toEqual(["result"]);
  expect(events.at(-1)).toMatchObject({
    type: "result",
    result: { repoId: repo, fromCache: false },
  });
});

test("--dry-run says what would come and changes nothing", async () => {
  const { hub, run, cacheDir } = await startStage();
  const { commit } = await hub.addRepo(repo, modelFiles(shard));
  const table = await run([repo, "--dry-run"]);
  expect(table.code).toBe(0);
  expect(table.stdout).toMatch(/^FILE +SIZE +ACTION$/m);
  expect(table.stdout).toMatch(/^model-00001-of-00002\.safetensors +300 kB +fetch$/m);
  const plan = JSON.parse((await run([repo, "--dry-run", "--json"])).stdout) as Record<
    string,
    unknown
  >;
  expect(plan).toMatchObject({
    schema: 1,
    repoId: repo,
    commit,
    bytes: { cached: 0, resumable: 0, toFetch: expect.any(Number), diskFree: expect.any(Number) },
  });
  expect(plan["files"]).toContainEqual(
    expect.objectContaining({
      path: "model-00001-of-00002.safetensors",
      size: shard,
      digest: expect.stringMatching(/^sha256:/),
      action: "fetch",
    }),
  );
  expect(existsSync(cacheDir)).toBe(false);
});

test("patterns and presets choose the files", async () => {
  const { hub, run } = await startStage();
  await hub.addRepo(repo, modelFiles(shard));
  const some = await run([repo, "--include", "*.json", "--exclude", "model*", "--json", "-q"]);
  const { files } = JSON.parse(some.stdout) as { files: { path: string }[] };
  expect(files.map(({ path }) => path)).toEqual(["config.json", "tokenizer.json"]);
  expect((await run([repo, "--exclude", "README*"])).stderr).not.toContain("Next:");
  const none = await run([repo, "--include", "*.gguf", "--json", "-q"]);
  expect(none.code).toBe(2);
  expect(JSON.parse(none.stdout)).toMatchObject({
    error: { code: "select/no-match", exitCode: 2 },
  });
});

test("--local-dir puts plain files into the folder and names it", async () => {
  const { hub, run, cacheDir } = await startStage();
  await hub.addRepo(repo, modelFiles(shard));
  const folder = join(cacheDir, "..", "here");
  const { stdout, stderr } = await run([repo, "--local-dir", folder]);
  expect(stdout).toBe(`${folder}\n`);
  expect(await readFile(join(folder, "tokenizer.json"), "utf8")).toBe("{}");
  expect(stderr).toContain(`Next: mlx_lm.generate --model ${folder}`);
});

test("several models are downloaded at once, one path a line in the order of asking", async () => {
  const { hub, run } = await startStage();
  await hub.addRepo(repo, modelFiles(shard));
  await hub.addRepo("org/other", { "config.json": "{}" });
  const plain = await run([repo, "org/other"]);
  expect(plain.stdout.trimEnd().split("\n")).toEqual([
    expect.stringContaining("Tiny-4bit"),
    expect.stringContaining("org--other"),
  ]);
  expect(plain.stderr).toMatch(/^\[org\/other\] Resolved /m);
  expect(plain.stderr).toMatch(/^\[org\/other\] Plan: /m);
  const json = JSON.parse((await run([repo, "org/other", "--json"])).stdout) as {
    results: unknown[];
  };
  expect(json).toMatchObject({ schema: 1, results: [{ repoId: repo }, { repoId: "org/other" }] });
});

test("when one of several fails the others still come, and the exit code says so", async () => {
  const { hub, run } = await startStage();
  await hub.addRepo(repo, modelFiles(shard));
  const { code, stdout, stderr } = await run(["org/none", repo, "--json"]);
  expect(code).toBe(11);
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 1,
    results: [
      { ref: "org/none", error: { code: "hub/repo-not-found", exitCode: 4 } },
      { repoId: repo },
    ],
  });
  expect(stderr).toContain("error: hub/repo-not-found");
  const events = ndjson((await run(["org/none", repo, "--events", "-q"])).stdout);
  expect(events.at(-1)).toMatchObject({
    schema: 1,
    type: "error",
    error: { code: "cli/some-failed", exitCode: 11 },
  });
});

test("a reader that leaves ends a stream of events, and an early end of other output is no failure", async () => {
  const { hub, start } = await startStage();
  await hub.addRepo(repo, modelFiles(40_000_000));
  hub.faults.add({ kind: "slow", bytesPerSecond: 500_000, on: "cdn" });
  const child = start([repo, "--events", "-q"]);
  await readUntil(child.stdout, `"planned"`);
  child.stdout.destroy();
  const [code] = (await once(child, "close")) as [number];
  expect(code).toBe(141);
  const help = start(["--help"]);
  help.stdout.destroy();
  const ended = (await once(help, "close")) as [number];
  expect(ended[0]).toBe(0);
});

test("a large JSON value arrives whole through a pipe", async () => {
  const { hub, run } = await startStage();
  const names = Array.from({ length: 3000 }, (_, at) => [`notes/file-${at}.txt`, `${at}`] as const);
  await hub.addRepo(repo, Object.fromEntries(names));
  const { stdout } = await run([repo, "--dry-run", "--json"]);
  expect(stdout.length).toBeGreaterThan(200_000);
  expect((JSON.parse(stdout) as { files: unknown[] }).files).toHaveLength(3000);
});

test("damaged bytes end with exit code 7 and publish nothing", async () => {
  const { hub, run, cacheDir } = await startStage();
  const { commit } = await hub.addRepo(repo, modelFiles(shard));
  hub.faults.add({
    kind: "wrongBytes",
    offset: 1000,
    on: "cdn",
    path: "model-00001-of-00002.safetensors",
  });
  const { code, stdout } = await run([repo, "--json", "-q"]);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: "transfer/checksum-mismatch", exitCode: 7 },
  });
  expect(code).toBe(7);
  const snapshot = join(cacheDir, "models--mlx-community--Tiny-4bit", "snapshots", commit);
  expect(existsSync(join(snapshot, "model-00001-of-00002.safetensors"))).toBe(false);
});

test("a cache that cannot be written ends with exit code 6", async () => {
  const { hub, run, cacheDir } = await startStage();
  await hub.addRepo(repo, modelFiles(shard));
  const file = join(cacheDir, "..", "..", "a-file");
  await writeFile(file, "");
  const { code, stderr } = await run([repo, "--cache-dir", join(file, "hub")]);
  expect(code).toBe(6);
  expect(stderr).toContain("  fix: ");
});
