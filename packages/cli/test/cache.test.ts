import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modelFiles, startStage } from "./stage.ts";

const repo = "mlx-community/Tiny-4bit";

async function filledStage() {
  const stage = await startStage();
  await stage.hub.addRepo(repo, modelFiles(300_000));
  await stage.hub.addRepo("org/other", { "config.json": `{"model_type":"bert"}` });
  const { stdout } = await stage.run([repo, "org/other", "-q"]);
  const [path = "", other = ""] = stdout.trimEnd().split("\n");
  return { ...stage, path, other };
}

test("path prints the cached path and nothing else, and exits 4 for what is not here", async () => {
  const { run, hub, path, env } = await filledStage();
  hub.log.clear();
  expect(await run(["path", repo])).toMatchObject({ code: 0, stdout: `${path}\n`, stderr: "" });
  const json = JSON.parse((await run(["path", repo, "--json"])).stdout) as object;
  expect(json).toEqual({
    schema: 1,
    repoId: repo,
    commit: expect.stringMatching(/^[0-9a-f]{40}$/),
    path,
  });
  expect(hub.log.entries).toEqual([]);
  env["HF_HUB_CACHE"] = join(path, "..", "elsewhere");
  const missing = await run(["path", repo, "--json"]);
  expect(missing.code).toBe(4);
  expect(JSON.parse(missing.stdout)).toMatchObject({
    error: { code: "cli/not-cached", exitCode: 4 },
  });
});

test("cache --list has the ancestor's fields", async () => {
  const { run, path } = await filledStage();
  const list = JSON.parse((await run(["cache", "--list", "--json"])).stdout) as unknown[];
  expect(list).toHaveLength(2);
  expect(list).toContainEqual(
    expect.objectContaining({
      repo_id: repo,
      path,
      size_bytes: expect.any(Number),
      files: expect.arrayContaining(["config.json", "model-00001-of-00002.safetensors"]),
      last_modified: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      quantization: "4bit-g64",
      repoId: repo,
      isMlx: true,
    }),
  );
  const table = await run(["cache"]);
  expect(table.stdout).toMatch(/^MODEL +SIZE +FILES +QUANTIZATION +MODIFIED$/m);
  expect(table.stdout).toMatch(/^mlx-community\/Tiny-4bit +600 kB +6 +4bit-g64 +\d{4}-/m);
  expect(table.stderr).toContain("2 models, ");
  expect((await run(["cache", "-q"])).stdout).toBe(`${repo}\norg/other\n`);
});

test("an empty cache is an empty list", async () => {
  const { run } = await startStage();
  expect(await run(["cache", "--list", "--json"])).toMatchObject({ code: 0, stdout: "[]\n" });
  expect((await run(["cache"])).stderr).toContain("0 models");
});

test("nothing is deleted where nobody can be asked", async () => {
  const { run, path } = await filledStage();
  const { code, stderr } = await run(["cache", "--clear-model", repo]);
  expect(code).toBe(2);
  expect(stderr).toContain("  fix: Add --yes when you are sure.");
  expect(existsSync(path)).toBe(true);
});

test("--clear-model deletes that model only", async () => {
  const { run, path, other } = await filledStage();
  const { code, stdout } = await run(["cache", "--clear-model", repo, "--yes", "--json"]);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ schema: 1, removed: [{ repoId: repo }] });
  expect(existsSync(path)).toBe(false);
  expect(existsSync(other)).toBe(true);
  expect((await run(["cache", "--clear-model", repo, "--yes"])).code).toBe(4);
});

test("--clear deletes MLX models and leaves the rest of the shared cache", async () => {
  const { run, path, other, cacheDir } = await filledStage();
  const dataset = join(cacheDir, "datasets--org--data");
  await mkdir(join(dataset, "snapshots"), { recursive: true });
  const { code, stderr } = await run(["cache", "--clear", "--yes"]);
  expect(code).toBe(0);
  expect(stderr).toContain("2 other repos of the shared cache stay.");
  expect([path, other, dataset].map((folder) => existsSync(folder))).toEqual([false, true, true]);
  expect((await run(["cache", "--clear"])).stderr).toContain("No MLX model is in the cache");
});

test.each(["org/name/../../..", "../..", "/etc", "a/b/c", ""])(
  "--clear-model %j is refused and deletes nothing",
  async (id) => {
    const { run, cacheDir } = await startStage();
    const outside = join(cacheDir, "..", "precious.txt");
    await mkdir(cacheDir, { recursive: true });
    await writeFile(outside, "x");
    const { code } = await run(["cache", "--clear-model", id, "--yes"]);
    expect(code).toBe(2);
    expect(existsSync(outside)).toBe(true);
  },
);

test("a download that failed is not listed as a model, but mentioned", async () => {
  const { hub, run } = await startStage();
  await hub.addRepo(repo, modelFiles(300_000));
  hub.faults.add({ on: ["resolve", "cdn"], kind: "wrongBytes", offset: 10, path: "*.safetensors" });
  expect((await run([repo, "-q"])).code).toBe(7);
  const { stdout, stderr } = await run(["cache", "--list"]);
  expect(stdout).toBe("");
  expect(stderr).toContain(`Unfinished: ${repo} `);
});
