import { readFile } from "node:fs/promises";
import Ajv from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { startStage, type Stage } from "./stage.ts";

const config = (bits: number): string =>
  JSON.stringify({ model_type: "llama", quantization: { bits, group_size: 64 } });

/** A model in two versions, the first of which is in the cache. */
async function versions(
  second: Readonly<Record<string, string | { size: number; seed: number }>>,
): Promise<Stage> {
  const stage = await startStage();
  const first = {
    "config.json": config(4),
    "README.md": "# One\n",
    "tokenizer_config.json": '{"chat_template": "a", "eos": 1}',
    "model.safetensors": { size: 50_000, seed: 1 },
  };
  await stage.hub.addRepo("org/model", first);
  expect((await stage.run(["org/model", "-q"])).code).toBe(0);
  await stage.hub.addRepo("org/model", { ...first, ...second });
  return stage;
}

test("one name compares what is here with what the Hub has", async () => {
  const { run } = await versions({
    "config.json": config(8),
    "model.safetensors": { size: 90_000, seed: 2 },
  });
  const { code, stdout, stderr } = await run(["diff", "org/model"]);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/^FILE +CHANGE +WAS +IS\nconfig\.json +changed/);
  expect(stdout).toMatch(/^quantization\.bits +4 +8$/m);
  expect(stderr).toMatch(/org\/model @ \w{7} → \w{7}: weights, config, 90\.1 kB to fetch/);
});

test.each([
  ["card", { "README.md": "# Two\n" }],
  ["template", { "tokenizer_config.json": '{"chat_template": "b", "eos": 1}' }],
  ["tokenizer", { "tokenizer_config.json": '{"chat_template": "a", "eos": 2}' }],
  ["weights", { "model.safetensors": { size: 50_000, seed: 9 } }],
])("a change of the %s alone is told as that, and --exit-code says it", async (what, second) => {
  const { run } = await versions(second);
  const { code, stdout } = await run(["diff", "org/model", "--json", "--exit-code"]);
  expect(code).toBe(12);
  const value: unknown = JSON.parse(stdout);
  expect(value).toMatchObject({ schema: 1, changes: [what] });
  const url = new URL("../schema/output.schema.json", import.meta.url);
  const ajv = new Ajv.default({ allowUnionTypes: true, strictTypes: false, strictRequired: false });
  ajv.addSchema(JSON.parse(await readFile(url, "utf8")) as object, "output");
  expect(ajv.getSchema("output#/$defs/diff")?.(value)).toBe(true);
});

test("what is the same is no difference", async () => {
  const { run } = await versions({});
  const { code, stdout, stderr } = await run(["diff", "org/model", "--exit-code"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
  expect(stderr).toContain("no difference");
});

test("two models are compared, and nothing of them is downloaded", async () => {
  const { hub, run } = await versions({});
  await hub.addRepo("org/other", {
    "config.json": config(8),
    "weights.npz": { size: 10, seed: 1 },
  });
  hub.log.clear();
  const { stdout } = await run(["diff", "org/model", "org/other", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    to: { repoId: "org/other" },
    changes: ["weights", "config", "tokenizer", "card"],
  });
  expect(hub.log.entries.filter(({ path }) => path.includes("safetensors"))).toEqual([]);
});

test("a model that is not here cannot be compared with the Hub", async () => {
  const { hub, run } = await startStage();
  await hub.addRepo("org/far", { "config.json": "{}" });
  const { code, stderr } = await run(["diff", "org/far"]);
  expect(code).toBe(4);
  expect(stderr).toContain("fix:");
});
