import { readFile } from "node:fs/promises";
import { join } from "node:path";
import Ajv from "ajv/dist/2020.js";
import { expect } from "vitest";
import { startStage, type Stage } from "./stage.ts";

/** Files of a repo of the test Hub. */
export type Files = Readonly<Record<string, string | { size: number; seed: number }>>;

/** A small model, first version. */
export const first: Files = {
  "config.json": '{"model_type": "llama"}',
  "README.md": "# One\n",
  "chat_template.jinja": "a",
  "tokenizer.json": "{}",
  "model.safetensors": { size: 40_000, seed: 1 },
};

/** By its kind, what a second version changes. */
export const changes: Readonly<Record<string, Files>> = {
  weights: { "model.safetensors": { size: 40_000, seed: 2 } },
  config: { "config.json": '{"model_type": "llama", "x": 1}' },
  template: { "chat_template.jinja": "b" },
  tokenizer: { "tokenizer.json": '{"x": 1}' },
  card: { "README.md": "# Two\n" },
};

/** Puts the second version of each kind on the Hub, under `org/<kind>` or the names that `nameOf` gives. */
export async function pushChanges(
  { hub }: Pick<Stage, "hub">,
  names: readonly (readonly [name: string, kind: string])[],
): Promise<void> {
  for (const [name, kind] of names) {
    await hub.addRepo(
      name,
      { ...first, "id.txt": name, ...changes[kind] },
      { title: `Change the ${kind}`, lastModified: "2026-11-01T00:00:00.000Z" },
    );
  }
}

/** A cache with a model for each name, all in their first version. */
export async function versionsStage(names: readonly string[]): Promise<Stage> {
  const stage = await startStage();
  for (const name of names) await stage.hub.addRepo(name, { ...first, "id.txt": name });
  expect((await stage.run([...names, "-q"])).code).toBe(0);
  return stage;
}

/** A cache with a model for each kind of change, and one that stays as it is. */
export async function changedStage(): Promise<Stage> {
  const kinds = Object.keys(changes);
  const stage = await versionsStage([...kinds, "same"].map((name) => `org/${name}`));
  await pushChanges(
    stage,
    kinds.map((kind) => [`org/${kind}`, kind]),
  );
  return stage;
}

/** The commit that the cache's `main` of a model points at. */
export const mainOf = ({ cacheDir }: Pick<Stage, "cacheDir">, repoId: string): Promise<string> =>
  readFile(join(cacheDir, `models--${repoId.replace("/", "--")}`, "refs", "main"), "utf8");

/** The JSON of a command, held against its schema. */
export async function jsonOf<T>(
  { run }: Pick<Stage, "run">,
  name: string,
  args: readonly string[],
): Promise<T> {
  const { stdout, stderr } = await run([...args, "--json"]);
  const value: unknown = JSON.parse(stdout);
  const url = new URL("../schema/output.schema.json", import.meta.url);
  const ajv = new Ajv.default({ allowUnionTypes: true, strictTypes: false, strictRequired: false });
  ajv.addSchema(JSON.parse(await readFile(url, "utf8")) as object, "output");
  const check = ajv.getSchema(`output#/$defs/${name}`);
  expect(check?.(value), stderr + stdout + JSON.stringify(check?.errors)).toBe(true);
  return value as T;
}
