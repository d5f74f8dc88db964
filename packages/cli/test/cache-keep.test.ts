import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modelFiles, startStage } from "./stage.ts";

async function filledStage() {
  const stage = await startStage();
  await stage.hub.addRepo("org/mlx", modelFiles(300_000));
  await stage.hub.addRepo("org/other", { "config.json": `{"model_type":"bert"}` });
  const { stdout } = await stage.run(["org/mlx", "org/other", "-q"]);
  const [path = "", other = ""] = stdout.trimEnd().split("\n");
  return { ...stage, path, other };
}

const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

test("rm shows what goes, asks, and removes what was named", async () => {
  const { run, path, other } = await filledStage();
  const dry = await run(["cache", "rm", "org/mlx", "--dry-run", "--json"]);
  expect(json(dry.stdout)).toMatchObject({
    schema: 1,
    dryRun: true,
    freedBytes: expect.any(Number),
    planned: [{ repoId: "org/mlx", whole: true }],
    kept: [],
  });
  expect(await run(["cache", "rm", "org/mlx"])).toMatchObject({ code: 2, stdout: "" });
  expect(existsSync(path)).toBe(true);
  const { code, stdout, stderr } = await run(["cache", "rm", "org/mlx", "--yes"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toMatch(/^org\/mlx +everything +\d+ kB$/m);
  expect(stderr).toMatch(/^Removed from 1 repo, \d+ kB freed\.$/m);
  expect([existsSync(path), existsSync(other)]).toEqual([false, true]);
});

test("rm takes conditions and file patterns", async () => {
  const { run, path, other } = await filledStage();
  await run(["cache", "rm", "--where", "mlx=false", "--yes"]);
  expect([existsSync(path), existsSync(other)]).toEqual([true, false]);
  await run(["cache", "rm", "org/mlx", "--include", "*.safetensors", "--yes"]);
  expect(existsSync(join(path, "model-00001-of-00002.safetensors"))).toBe(false);
  expect(existsSync(join(path, "config.json"))).toBe(true);
});

test("what is pinned stays until it is unpinned, and the pins are listed", async () => {
  const { run, path } = await filledStage();
  expect(await run(["cache", "pin", "org/mlx"])).toMatchObject({
    code: 0,
    stderr: "Pinned org/mlx at main\n",
  });
  expect((await run(["cache", "ls"])).stdout).toMatch(/^org\/mlx .* pinned$/m);
  expect(json((await run(["cache", "ls", "--json"])).stdout)).toMatchObject({
    repos: [
      { repoId: "org/mlx", pins: [{ revision: "main" }] },
      { repoId: "org/other", pins: [] },
    ],
  });
  expect((await run(["cache", "pin"])).stdout).toMatch(/^org\/mlx +main +[0-9a-f]{7} +\d{4}-/m);
  const refused = await run(["cache", "rm", "org/mlx", "--yes", "--json"]);
  expect(refused.code).toBe(10);
  expect(json(refused.stdout)).toMatchObject({ error: { code: "cache/pinned", exitCode: 10 } });
  const tooMuch = await run(["cache", "evict", "--max-size", "1kB", "--yes", "--json"]);
  expect(tooMuch.code).toBe(10);
  expect(json(tooMuch.stdout)).toMatchObject({
    removed: [{ repoId: "org/other" }],
    kept: [{ repoId: "org/mlx", reason: "pinned" }],
    excessBytes: expect.any(Number),
  });
  expect(existsSync(path)).toBe(true);
  expect((await run(["cache", "--clear-model", "org/mlx", "--yes"])).code).toBe(10);
  await run(["cache", "unpin", "org/mlx"]);
  expect((await run(["cache", "evict", "--max-size", "1kB", "--yes"])).code).toBe(0);
  expect(existsSync(path)).toBe(false);
});

test("prune takes what was fetched by its commit alone, unless it is pinned", async () => {
  const { run, hub, cacheDir } = await filledStage();
  const { commit } = await hub.addRepo("org/lone", { "config.json": "{}" });
  const path = (await run(["get", `org/lone@${commit}`, "-q"])).stdout.trim();
  await run(["cache", "pin", `org/lone@${commit}`]);
  expect((await run(["cache", "prune", "--yes"])).stderr).toContain("Nothing to remove.");
  const ref = join(cacheDir, "models--org--lone", "refs", "pinned", commit);
  expect(await readFile(ref, "utf8")).toBe(commit);
  await run(["cache", "unpin", `org/lone@${commit}`]);
  await run(["cache", "prune", "--yes"]);
  expect(existsSync(path)).toBe(false);
});

test("the ancestor's --clear passes over pinned models", async () => {
  const { run, path } = await filledStage();
  await run(["cache", "pin", "org/mlx"]);
  const { code, stderr } = await run(["cache", "--clear", "--yes"]);
  expect(stderr).toContain("org/mlx is pinned");
  expect(code).toBe(0);
  expect(existsSync(path)).toBe(true);
});

test.each([
  [["cache", "rm"], "no model and no condition is given"],
  [["cache", "rm", "org/*", "--yes"], "--where 'name=org/*'"],
  [["cache", "rm", "size>10GB"], "Write --where 'size>10GB'"],
  [["cache", "rm", "--where", "size>", "--yes"], "no value"],
  [["cache", "rm", "org/mlx/../..", "--yes"], "org/mlx/../.."],
  [["cache", "rm", "a..b", "--type", "dataset", "--yes"], "a..b"],
  [["cache", "evict"], "nothing says how large"],
  [["cache", "prune", "--grace", "soon"], "soon is no age"],
])("%j is refused", async (args, message) => {
  const { run } = await startStage();
  const { code, stderr } = await run(args);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
