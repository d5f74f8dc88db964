import { languageModel } from "../caches/cache-groups.ts";
import { moduleTensors, wordsOf } from "../mlx-lm/find-tensors.ts";
import type { ModuleTensors } from "../mlx-lm/module-tensors.ts";
import type { JsonObject } from "../model/json-value.ts";
import { countField, type ModelConfig } from "../model/model-config.ts";
import type { ConfiguredQuantization } from "../model/quantization.ts";
import type { TensorFinding } from "../model/tensor-finding.ts";
import type { TensorNames } from "./tensor-names.ts";

/** The expectations that the tensors are compared with. */
export interface ExpectedBy {
  readonly module: string;
  readonly config: ModelConfig;
  /** The tensors of another program's model. Default: those of mlx-lm's module. */
  readonly expected?: ModuleTensors | undefined;
  /** The packing that the config names. */
  readonly configured: ConfiguredQuantization | undefined;
}

/** The tensors of a model beside those that its module wants. */
export interface ComparedTensors extends Omit<ExpectedBy, "expected"> {
  /** Layers that the config says. */
  readonly layers: number | null;
  readonly expected: ModuleTensors;
  /** The settings of the language model. */
  readonly values: JsonObject;
  /** Named as the module names them, where it takes other beginnings. */
  readonly names: TensorNames;
  /** The module of the language model, and its name among the modules' settings. */
  readonly key: string;
  readonly argumentsKey: string;
  readonly byLayer: LayerLeaves;
}

/** The names within each layer. */
export type LayerLeaves = ReadonlyMap<number, ReadonlySet<string>>;

/** Puts the tensors beside the module's. */
export function comparedTensors(
  stored: TensorNames,
  by: ExpectedBy,
  expected: ModuleTensors,
): ComparedTensors {
  const { values, key } = languageModel(by.module, by.config.root);
  const names = withOwnRoot(stored, expected);
  const layers =
    expected.counted === undefined ? null : (countField(values, expected.counted) ?? null);
  return {
    ...by,
    expected,
    values,
    names,
    layers,
    // A module that wraps another one unpacks the same weights.
    key: key.replace(/\/text$/, ""),
    argumentsKey: key,
    byLayer: leavesByLayer(names, expected),
  };
}

const ROOT = "language_model.";

/** The names as the wrapper's sanitize makes them: the language model's get its root. */
function withOwnRoot(names: TensorNames, { roots, prefix }: ModuleTensors): TensorNames {
  const ways = wordsOf(roots);
  if (ways.length === 0 || prefix?.startsWith(ROOT) !== true) return names;
  const own = (name: string): string => {
    if (name.startsWith(ROOT)) return name;
    if (ways.includes("outer") && name.startsWith(`model.${ROOT}model.`)) {
      return name.slice("model.".length);
    }
    if (ways.includes("inner") && name.startsWith(`model.${ROOT}`)) {
      return `${ROOT}model.${name.slice(`model.${ROOT}`.length)}`;
    }
    return ways.includes("bare") && /^(?:model\.(?:layers|embed|norm)|lm_head\.)/.test(name)
      ? `${ROOT}${name}`
      : name;
  };
  return {
    ...names,
    all: new Set([...names.all].map(own)),
    unpacked: new Set([...names.unpacked].map(own)),
    shapes: new Map([...names.shapes].map(([name, shapes]) => [own(name), shapes])),
  };
}

function leavesByLayer({ unpacked }: TensorNames, { prefix }: ModuleTensors): LayerLeaves {
  const found = new Map<number, Set<string>>();
  if (prefix === undefined) return found;
  for (const name of unpacked) {
    const at = layerLeaf(name, prefix);
    if (at === undefined) continue;
    const leaves = found.get(at.index) ?? new Set();
    found.set(at.index, leaves.add(at.leaf));
  }
  return found;
}

/** The layer and the name within it. Undefined for tensors outside of layers. */
export function layerLeaf(
  name: string,
  prefix: string,
): { readonly index: number; readonly leaf: string } | undefined {
  const start = prefix.slice(0, prefix.indexOf("#"));
  if (!name.startsWith(start)) return undefined;
  const end = name.indexOf(".", start.length);
  const index = Number(name.slice(start.length, end < 0 ? undefined : end));
  if (end < 0 || !Number.isSafeInteger(index)) return undefined;
  return { index, leaf: name.slice(end + 1) };
}

/** The name of a word of the table, without the letters of its dimensions. */
export const nameOf = (word: string): string => word.slice(0, word.lastIndexOf(":"));

/** The name without its last part. */
export const pathOf = (name: string): string => {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? name : name.slice(0, dot);
};

/** A name as it is shown. */
export const short = (name: string): string =>
  name.length > 100 ? `${name.slice(0, 100)}…` : name;

export const missing = (message: string): TensorFinding => ({ code: "missing-tensors", message });
export const extra = (message: string): TensorFinding => ({ code: "extra-tensors", message });

/** All names that the module has in some config, those of layers without the layer. */
export function knownNames({ expected }: Pick<ComparedTensors, "expected">): ReadonlySet<string> {
  const { once, layer, some, head } = expected;
  return new Set([
    ...[once, layer, some].flatMap(wordsOf).map(nameOf),
    ...(head === undefined ? [] : [head]),
  ]);
}

/** Whether a tensor is of a model that translates names, and has none that the module itself gives. */
export function isForeign(model: ComparedTensors): boolean {
  const { expected, names } = model;
  const known = new Set([...knownNames(model)].map(pathOf));
  return [...names.unpacked].some((name) => {
    const leaf = expected.prefix === undefined ? undefined : layerLeaf(name, expected.prefix)?.leaf;
    return !known.has(pathOf(leaf ?? name));
  });
}

/** The module's tensors. Undefined where they are not known, or its own weights do not load. */
export function knownTensors(module: string): ModuleTensors | undefined {
  const expected = moduleTensors(module);
  return expected?.kept === true ? expected : undefined;
}
