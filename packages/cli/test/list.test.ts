import { expect, test } from "vitest";
import { startStage } from "./stage.ts";

async function listingStage() {
  const stage = await startStage();
  const { hub } = stage;
  const card = "---\nlibrary_name: mlx\ntags:\n- mlx\n---\n";
  for (const [name, downloads] of [
    ["mlx-community/Qwen3-8B-4bit", 100],
    ["mlx-community/Qwen3-4B-4bit", 300],
    ["mlx-community/Llama-3B-4bit", 200],
    ["someone/Qwen3-mlx", 900],
  ] as const) {
    await hub.addRepo(name, { "config.json": "{}", "README.md": card }, { downloads });
  }
  return stage;
}

test("list asks the Hub for mlx-community, most downloaded first", async () => {
  const { run } = await listingStage();
  const { code, stdout } = await run(["list"]);
  expect(code).toBe(0);
  const [head, ...rows] = stdout.trimEnd().split("\n");
  expect(head).toMatch(/^MODEL +DOWNLOADS +LIKES +UPDATED/);
  expect(rows.map((row) => row.split(" ")[0])).toEqual([
    "mlx-community/Qwen3-4B-4bit",
    "mlx-community/Llama-3B-4bit",
    "mlx-community/Qwen3-8B-4bit",
  ]);
});

test("the search is the server's, before the limit", async () => {
  const { run } = await listingStage();
  const { stdout } = await run(["list", "--filter", "qwen3", "--limit", "2", "-q"]);
  expect(stdout).toBe("mlx-community/Qwen3-4B-4bit\nmlx-community/Qwen3-8B-4bit\n");
});

test("--all looks at every author's MLX models", async () => {
  const { run } = await listingStage();
  expect((await run(["list", "--all", "--limit", "1", "-q"])).stdout).toBe("someone/Qwen3-mlx\n");
});

test("--json is the ancestor's array", async () => {
  const { run } = await listingStage();
  const list = JSON.parse((await run(["list", "--json", "--limit", "1"])).stdout) as unknown[];
  expect(list).toEqual([
    expect.objectContaining({
      repo_id: "mlx-community/Qwen3-4B-4bit",
      downloads: 300,
      likes: expect.any(Number),
      tags: expect.arrayContaining(["mlx"]),
      created_at: expect.stringMatching(/^\d{4}-/),
      repoId: "mlx-community/Qwen3-4B-4bit",
    }),
  ]);
});

test("a listing that fails is no empty listing", async () => {
  const { run, env } = await startStage();
  env["HF_ENDPOINT"] = "http://127.0.0.1:9";
  const { code, stdout } = await run(["list", "--json"]);
  expect(code).toBe(5);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "hub/unreachable" } });
});

test("no match is an empty list and no failure", async () => {
  const { run } = await listingStage();
  const { code, stdout, stderr } = await run(["list", "--filter", "nothing-like-it"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toContain("No model matches.");
});

test("offline, list says that it needs the Hub, and names no option that it lacks", async () => {
  const { run, env, hub } = await listingStage();
  env["HF_HUB_OFFLINE"] = "1";
  const { code, stdout, stderr } = await run(["list"]);
  expect({ code, stdout }).toEqual({ code: 5, stdout: "" });
  expect(stderr).toMatch(/fix: This needs the network: unset HF_HUB_OFFLINE/);
  expect(stderr).not.toContain("--offline");
  expect(hub.log.entries).toEqual([]);
  expect((await run(["list", "--offline"])).code).toBe(2);
});
