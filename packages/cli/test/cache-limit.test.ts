import { readdir, utimes } from "node:fs/promises";
import { join } from "node:path";
import { announceDownload, pinModel, repoLayout } from "@mlx-download/cache";
import { expect, test } from "vitest";
import { ndjson, startStage, type Stage } from "./stage.ts";

const SIZE = 2_000_000;
const names = ["a", "b", "c"].map((name) => `org/${name}`);

/** A cache with three models of 2 MB that came and were used long ago, `a` the longest, and a fourth on the Hub. */
async function fullStage(limit: string): Promise<Stage> {
  const stage = await startStage();
  const { hub, run, cacheDir, env } = stage;
  for (const [at, name] of [...names, "org/new"].entries()) {
    await hub.addRepo(name, {
      "config.json": `{"at": ${at}}`,
      "model.safetensors": { size: SIZE, seed: at + 1 },
    });
  }
  expect((await run([...names, "-q"])).code).toBe(0);
  for (const [at, name] of names.entries()) await makeOld(cacheDir, name, 30 - at);
  env["MLX_DOWNLOAD_CACHE_LIMIT"] = limit;
  return stage;
}

async function makeOld(cacheDir: string, repoId: string, days: number): Promise<void> {
  const { repoDir, blobsDir } = repoLayout(cacheDir, repoId);
  const at = Date.now() / 1000 - days * 86_400;
  for (const name of await readdir(blobsDir)) await utimes(join(blobsDir, name), at, at);
  for (const name of await readdir(join(repoDir, "snapshots"))) {
    await utimes(join(repoDir, "snapshots", name), at, at);
    await utimes(join(repoDir, ".mlx-download", "used", name), at, at);
  }
}

const here = async ({ cacheDir }: Stage): Promise<readonly string[]> =>
  (await readdir(cacheDir))
    .filter((name) => name.startsWith("models--"))
    .map((name) => name.slice(8).replace("--", "/"))
    .toSorted();

test("a download that would exceed the limit makes room with --yes, the longest unused first", async () => {
  const stage = await fullStage("7MB");
  const { code, stdout, stderr } = await stage.run(["org/new", "--yes", "--json"]);
  expect(code, stderr).toBe(0);
  expect(stderr).toContain("The cache may take 7.00 MB");
  expect(stderr).toMatch(/org\/a +everything/);
  expect(JSON.parse(stdout)).toMatchObject({
    fromCache: false,
    evicted: [{ repoId: "org/a", freedBytes: expect.any(Number) }],
  });
  expect(await here(stage)).toEqual(["org/b", "org/c", "org/new"]);
  // What is here already needs no room.
  expect((await stage.run(["org/new", "-q"])).code).toBe(0);
});

test("without an answer nothing is removed and nothing fetched", async () => {
  const stage = await fullStage("7MB");
  const { code, stderr } = await stage.run(["org/new"]);
  expect(code).toBe(2);
  expect(stderr).toContain("--yes");
  expect(await here(stage)).toEqual(names);
  const dry = await stage.run(["org/new", "--dry-run", "--json"]);
  expect(JSON.parse(dry.stdout)).toMatchObject({ evicts: [{ repoId: "org/a" }] });
  expect(await here(stage)).toEqual(names);
});

test("pinned, loaded and young models stay, and when nothing else is left the command says so", async () => {
  const stage = await fullStage("7MB");
  const { cacheDir, run } = stage;
  await pinModel(repoLayout(cacheDir, "org/a"));
  const free = await announceDownload(repoLayout(cacheDir, "org/b"), { purpose: "use" });
  try {
    const events = ndjson((await run(["org/new", "--yes", "--events", "-q"])).stdout);
    expect(events.filter(({ type }) => type === "removed")).toEqual([
      expect.objectContaining({ repoId: "org/c" }),
    ]);
    expect(await here(stage)).toEqual(["org/a", "org/b", "org/new"]);
    await stage.hub.addRepo("org/more", { "model.safetensors": { size: SIZE, seed: 9 } });
    const { code, stderr } = await run(["org/more", "--yes"]);
    expect(code).toBe(6);
    expect(stderr).toContain("cli/cache-limit");
    expect(stderr).toContain("config set cache-limit");
    expect(await here(stage)).toEqual(["org/a", "org/b", "org/new"]);
  } finally {
    await free();
  }
});

test("a limit that has room asks nothing, a wrong one is refused, a local folder takes none", async () => {
  const stage = await fullStage("1GB");
  expect((await stage.run(["org/new", "-q"])).code).toBe(0);
  expect((await stage.run(["config", "set", "cache-limit", "many"])).code).toBe(2);
  stage.env["MLX_DOWNLOAD_CACHE_LIMIT"] = "1MB";
  const folder = join(stage.cacheDir, "../folder");
  expect((await stage.run(["org/a", "--local-dir", folder, "-q"])).code).toBe(0);
  stage.env["MLX_DOWNLOAD_CACHE_LIMIT"] = "many";
  expect((await stage.run(["org/new", "-q"])).code).toBe(2);
});
