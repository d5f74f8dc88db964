import { lockError } from "./lock-error.ts";
import { checkAlias, parseNamedModel } from "./model-name.ts";
import { byName, isObject, patternsOf, readJson, writeJson } from "./read-json.ts";

/** The name of a project's manifest, which lists the wanted models. */
export const MANIFEST_FILE = "mlx-models.json";

/** The sets of files that have a name, as `preset` of a download has them. */
export const MODEL_PRESETS = ["all", "mlx", "tokenizer", "config"] as const;

/** The name of a set of files. */
export type ModelPreset = (typeof MODEL_PRESETS)[number];

/** Reads the preset of a selection. `fail` makes the error of its place. */
export function presetOf(
  value: unknown,
  fail: (problem: string) => Error,
): ModelPreset | undefined {
  if (value === undefined) return undefined;
  const preset = MODEL_PRESETS.find((name) => name === value);
  if (preset === undefined) throw fail(`has a preset that is none of ${MODEL_PRESETS.join(", ")}`);
  return preset;
}

/** One model that a project wants. */
export interface ManifestModel {
  /** `org/name` or `org/name@revision`. */
  readonly ref: string;
  /** Patterns of the wanted files. Empty: all. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** A named set of files, which `include` adds to. */
  readonly preset?: ModelPreset | undefined;
  /** Installing goes on without it. */
  readonly optional: boolean;
}

/** The models that a project wants, by alias. */
export interface Manifest {
  readonly models: ReadonlyMap<string, ManifestModel>;
}

const FIELDS = new Set(["ref", "include", "exclude", "preset", "optional"]);

/** Reads `mlx-models.json`. Throws `lock/invalid` and `lock/conflict`, with the alias that is wrong. */
export function parseManifest(text: string): Manifest {
  const { models: given, ...others } = readJson(text, MANIFEST_FILE);
  const other = Object.keys(others).find((key) => key !== "$schema");
  if (other !== undefined) throw invalid(undefined, `has an unknown field ${other}`);
  if (!isObject(given)) throw invalid(undefined, 'has no "models"');
  const models = new Map<string, ManifestModel>();
  for (const [alias, value] of Object.entries(given)) {
    checkAlias(alias);
    const twin = [...models.keys()].find((key) => key.toLowerCase() === alias.toLowerCase());
    if (twin !== undefined) throw invalid(alias, `is the same as ${twin} but for its capitals`);
    models.set(alias, manifestModel(alias, value));
  }
  return { models };
}

function manifestModel(alias: string, value: unknown): ManifestModel {
  const fail = (problem: string): Error => invalid(alias, problem);
  const entry = typeof value === "string" ? { ref: value } : value;
  if (!isObject(entry)) throw fail("is neither a model nor an object with one");
  const unknown = Object.keys(entry).find((key) => !FIELDS.has(key));
  if (unknown !== undefined) throw fail(`has an unknown field ${unknown}`);
  const { ref, optional = false } = entry;
  if (typeof ref !== "string") throw fail("names no model");
  parseNamedModel(ref);
  if (typeof optional !== "boolean") throw fail("has an optional that is neither true nor false");
  return {
    ref,
    include: patternsOf(entry["include"], fail),
    exclude: patternsOf(entry["exclude"], fail),
    preset: presetOf(entry["preset"], fail),
    optional,
  };
}

/** Writes a manifest: sorted by alias, a plain model as a text. */
export function formatManifest({ models }: Manifest): string {
  const sorted = [...models].toSorted(([a], [b]) => byName(a, b));
  return writeJson({
    models: Object.fromEntries(sorted.map(([alias, model]) => [alias, plainModel(model)])),
  });
}

/** A model as the manifest's JSON has it: a text where nothing but its ref is said. */
export function plainModel(model: ManifestModel): string | object {
  const { ref, include, exclude, preset, optional } = model;
  if (include.length === 0 && exclude.length === 0 && preset === undefined && !optional) return ref;
  return {
    ref,
    ...(preset !== undefined && { preset }),
    ...(include.length > 0 && { include }),
    ...(exclude.length > 0 && { exclude }),
    ...(optional && { optional }),
  };
}

function invalid(alias: string | undefined, problem: string): Error {
  const what = alias === undefined ? MANIFEST_FILE : `${MANIFEST_FILE}: ${alias}`;
  return lockError("lock/invalid", `${what} ${problem}`, {
    hint: 'Write { "models": { "chat": "org/name@revision" } }.',
    file: MANIFEST_FILE,
    alias: alias ?? null,
  });
}
