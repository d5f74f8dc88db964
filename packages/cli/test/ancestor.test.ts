import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modelFiles, startStage } from "./stage.ts";

/** The commands and options that the tool before this one documented, walked once each. */

const repo = "mlx-community/Tiny-4bit";

async function ancestorStage() {
  const stage = await startStage();
  await stage.hub.addRepo(repo, modelFiles(2000));
  await stage.hub.addRepo("mlx-community/Other-8bit", modelFiles(1000));
  stage.hub.store.addUser({ name: "anna", tokens: ["hf_good"] });
  return stage;
}

test("download with each of its options", async () => {
  const { run, env, cacheDir } = await ancestorStage();
  const folder = join(cacheDir, "..", "folder");
  const elsewhere = join(cacheDir, "..", "elsewhere");
  const cases: readonly (readonly [string[], string])[] = [
    [["download", repo], cacheDir],
    [["download", repo, "--force"], cacheDir],
    [["download", "--force", repo], cacheDir],
    [["download", repo, "--cache-dir", elsewhere], elsewhere],
    [["download", repo, "--local-dir", folder], folder],
    [["download", repo, "--token", "hf_good"], cacheDir],
    [["download", repo, "--quiet"], cacheDir],
    [["download", repo, "--allow-patterns", "*.json", "*.txt"], cacheDir],
    [["download", repo, "--ignore-patterns", "*.safetensors"], cacheDir],
  ];
  for (const [args, place] of cases) {
    const { code, stdout, stderr } = await run(args);
    expect(code, `${args.join(" ")}: ${stderr}`).toBe(0);
    expect(stdout.trimEnd()).toContain(place);
    expect(existsSync(join(stdout.trimEnd(), "config.json"))).toBe(true);
  }
  expect(existsSync(join(folder, "model-00001-of-00002.safetensors"))).toBe(true);
  env["HF_TOKEN"] = "hf_good";
  expect((await run(["download", repo, "-q"])).code).toBe(0);
});

test("list with each of its options", async () => {
  const { run } = await ancestorStage();
  for (const args of [
    ["list"],
    ["list", "--filter", "tiny"],
    ["list", "--limit", "10"],
    ["list", "--limit=10"],
    ...["downloads", "likes", "created"].map((key) => ["list", "--sort", key]),
    ["list", "--token", "hf_good"],
    ["list", "--quiet"],
  ]) {
    const { code, stdout, stderr } = await run(args);
    expect(code, `${args.join(" ")}: ${stderr}`).toBe(0);
    expect(stdout).toContain(repo);
  }
  const json = JSON.parse((await run(["list", "--json", "--limit", "1"])).stdout) as unknown[];
  expect(json).toEqual([
    expect.objectContaining({
      repo_id: expect.any(String),
      downloads: expect.any(Number),
      likes: expect.any(Number),
      tags: expect.any(Array),
    }),
  ]);
});

test("cache with each of its options", async () => {
  const { run, cacheDir } = await ancestorStage();
  await run(["download", repo, "mlx-community/Other-8bit", "-q"]);
  for (const args of [["cache"], ["cache", "--list"], ["cache", "--list", "--cache-dir", cacheDir]])
    expect((await run(args)).stdout).toContain(repo);
  expect(JSON.parse((await run(["cache", "--list", "--json"])).stdout)).toHaveLength(2);
  expect((await run(["cache", "--clear-model", repo, "--yes"])).code).toBe(0);
  expect((await run(["cache", "--list", "--quiet"])).stdout).toBe("mlx-community/Other-8bit\n");
  expect((await run(["cache", "--clear", "--yes", "--quiet"])).code).toBe(0);
  expect((await run(["cache", "--list", "--json"])).stdout).toBe("[]\n");
});

test("-h and --version answer, unknown options and wrong numbers do not start a download", async () => {
  const { run, hub } = await ancestorStage();
  expect((await run(["-h"])).stdout).toContain("Usage:");
  expect((await run(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  for (const args of [
    ["download", repo, "--unknown"],
    ["list", "--limit", "abc"],
    ["download", repo, "--token", "a", "--token", "b"],
    ["download", "--", "-h"],
  ])
    expect((await run(args)).code, args.join(" ")).toBe(2);
  expect(hub.log.entries).toEqual([]);
});

test("a Hub that cannot be reached is an error, not an empty list", async () => {
  const { run, env } = await ancestorStage();
  env["HF_ENDPOINT"] = "http://127.0.0.1:9";
  const { code, stdout } = await run(["list", "--json"]);
  expect(code).toBe(5);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "hub/unreachable" } });
});
