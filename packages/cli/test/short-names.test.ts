import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { modelFiles, startStage } from "./stage.ts";

async function filledStage() {
  const stage = await startStage();
  for (const name of ["Llama-3.2-3B-Instruct-4bit", "Llama-3.2-3B-Instruct-8bit"])
    await stage.hub.addRepo(`mlx-community/${name}`, modelFiles(1000));
  await stage.hub.addRepo("org/own", modelFiles(1000));
  return stage;
}

test("a short name that several models may mean: they are listed, and the exit code is 2", async () => {
  const { run } = await filledStage();
  const { code, stdout, stderr } = await run(["llama-3.2-3b"]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(`"llama-3.2-3b" may be:`);
  expect(stderr).toMatch(/^ {2}1 {2}mlx-community\/Llama-3\.2-3B-Instruct-\dbit/m);
  expect(stderr).toMatch(/fix: Name the model whole, .*: mlx-download mlx-community\/Llama-3/);
  const json = await run(["get", "llama-3.2-3b", "--agent"]);
  expect(json).toMatchObject({ code: 2, stderr: "" });
  expect(JSON.parse(json.stdout)).toMatchObject({
    schema: 1,
    error: {
      code: "cli/ambiguous-name",
      candidates: expect.arrayContaining(["mlx-community/Llama-3.2-3B-Instruct-4bit"]),
    },
  });
});

test("the name of exactly one model is enough, with a revision too, and offline from the cache", async () => {
  const { run } = await filledStage();
  const { code, stdout, stderr } = await run(["llama-3.2-3b-instruct-4bit@main"]);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("models--mlx-community--Llama-3.2-3B-Instruct-4bit");
  const offline = await run(["Llama-3.2-3B-Instruct-4bit", "--offline", "-q"]);
  expect(offline).toMatchObject({ code: 0, stdout });
  expect((await run(["nothing-like-this", "-q"])).code).toBe(4);
});

test("an old id without an organization is that repo, for get as for info", async () => {
  const { hub, run } = await filledStage();
  await hub.addRepo("mlx-community/distilgpt2-4bit", modelFiles(1000));
  await hub.addRepo("openai-community/gpt2", modelFiles(1000), { renamedFrom: ["gpt2"] });
  const got = await run(["gpt2", "-q"]);
  expect(got).toMatchObject({ code: 0, stderr: "" });
  expect(got.stdout).toContain("models--gpt2");
  const info = await run(["info", "gpt2", "--json"]);
  expect(JSON.parse(info.stdout)).toMatchObject({ repoId: "gpt2" });
  expect((await run(["distilgpt2", "-q"])).code).toBe(2);
  expect(await run(["gpt2", "--offline", "-q"])).toMatchObject({ code: 0, stdout: got.stdout });
});

test("a short name of a model that is here works while the Hub is away", async () => {
  const { hub, run } = await filledStage();
  await run(["Llama-3.2-3B-Instruct-4bit", "-q"]);
  await hub.close();
  const { code, stdout, stderr } = await run(["llama-3.2-3b-instruct-4bit"]);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain("models--mlx-community--Llama-3.2-3B-Instruct-4bit");
  expect(stderr).toContain("Cannot reach");
});

test("search takes words, as list does", async () => {
  const { run } = await filledStage();
  const { stdout } = await run(["search", "instruct-8", "-q"]);
  expect(stdout).toBe("mlx-community/Llama-3.2-3B-Instruct-8bit\n");
});

test("files lists what a model has, and what of it is here", async () => {
  const { run } = await filledStage();
  await run(["org/own", "--include", "*.json", "-q"]);
  const table = await run(["files", "org/own"]);
  expect(table.stdout).toMatch(/^FILE +SIZE +HERE +DIGEST$/m);
  expect(table.stdout).toMatch(/^config\.json +\d+ B +yes +git-sha1:[0-9a-f]{40}$/m);
  expect(table.stdout).toMatch(/^model-00001-of-00002\.safetensors +1\.00 kB +no +sha256:/m);
  const json = JSON.parse((await run(["files", "org/own", "--json"])).stdout) as {
    files: { path: string; cached: boolean }[];
  };
  expect(json.files.find(({ path }) => path === "tokenizer.json")).toMatchObject({ cached: true });
});

test("a dry run says how long it will take at the speed that was measured", async () => {
  const { run, env } = await filledStage();
  env["XDG_STATE_HOME"] = join(env["HF_HOME"] ?? "", "state");
  const folder = join(env["XDG_STATE_HOME"], "mlx-download");
  await mkdir(folder, { recursive: true });
  const at = Date.UTC(2026, 5, 1);
  await writeFile(join(folder, "speed.json"), JSON.stringify({ bytesPerSecond: 100, at }));
  const table = await run(["org/own", "--dry-run"]);
  expect(table.stdout).toMatch(/about \d+ s at 100 B\/s, as measured on 2026-06-01/);
  const json = JSON.parse((await run(["org/own", "--dry-run", "--json"])).stdout) as object;
  expect(json).toMatchObject({ estimate: { bytesPerSecond: 100, durationMs: expect.any(Number) } });
});
