import { languageModel } from "../caches/cache-groups.ts";
import { moduleTensors, wordsOf } from "../mlx-lm/find-tensors.ts";
import type { ModuleTensors } from "../mlx-lm/module-tensors.ts";
import { field, type JsonObject } from "../model/json-value.ts";
import { countField, type ModelConfig } from "../model/model-config.ts";
import type { ConfiguredQuantization } from "../model/quantization.ts";
import type { TensorFinding, TensorLook } from "../model/tensor-finding.ts";
import { dimensionsFit, dimensionValues, type DimensionValues } from "./tensor-dimensions.ts";
import type { TensorNames } from "./tensor-names.ts";

/** The expectations that the tensors are compared with. */
export interface ExpectedBy {
  readonly module: string;
  readonly config: ModelConfig;
  /** Packings of single modules in the config. */
  readonly overrides: ConfiguredQuantization["overrides"];
}

const MAX_FINDINGS = 4;

/**
 * Finds reasons why mlx-lm cannot load these tensors into the configured model. mlx-lm loads strictly: every tensor
 * must be there, have its shape, and be wanted. Finds nothing where the module's tensors are not known, or the weights
 * carry the names of another tool, which the module translates itself.
 */
export function lookAtTensors(names: TensorNames, by: ExpectedBy): TensorLook {
  const expected = moduleTensors(by.module);
  if (names.all.size === 0) return { findings: [], complete: false };
  const overrides = overrideFindings(names, by);
  if (expected?.kept !== true) return { findings: overrides, complete: false };
  const { values, key: own } = languageModel(by.module, by.config.root);
  // A module that wraps another one unpacks the same weights.
  const key = own.replace(/\/text$/, "");
  const layers =
    expected.counted === undefined ? null : (countField(values, expected.counted) ?? null);
  const model = { ...by, expected, values, names, layers, key };
  // Names of another tool are translated. A missing tensor may then only have another name.
  const translated = expected.renames === true && !names.isMlx && foreignNames(model);
  const findings = [
    ...overrides,
    ...unpackedFindings(model),
    ...layerCountFindings(model),
    ...layerTypeFindings(values),
    ...(translated ? [] : [...missingFindings(model), ...headFindings(model)]),
    ...shapeFindings(model, dimensionValues(values)),
    ...extraFindings(model),
  ];
  return { findings: findings.slice(0, MAX_FINDINGS), complete: !translated };
}

/** A packing of its own for a module that is not packed: mlx-lm packs it all the same, or ends with an error. */
function overrideFindings(names: TensorNames, { overrides }: ExpectedBy): readonly TensorFinding[] {
  for (const [path, packing] of overrides) {
    const has = (leaf: string): boolean => names.all.has(`${path}.${leaf}`);
    if (packing === false || !has("weight") || has("scales")) continue;
    const message = `config.json packs ${short(path)}, and its weights are not packed`;
    return [{ code: "override-fails", message }];
  }
  return [];
}

interface Model extends ExpectedBy {
  /** Layers that the config says. */
  readonly layers: number | null;
  readonly expected: ModuleTensors;
  readonly values: JsonObject;
  readonly names: TensorNames;
  /** The module of the language model. */
  readonly key: string;
}

const nameOf = (word: string): string => word.slice(0, word.lastIndexOf(":"));

const missing = (message: string): TensorFinding => ({ code: "missing-tensors", message });
const extra = (message: string): TensorFinding => ({ code: "extra-tensors", message });

/** Packings of other tools, by the names of their tensors. */
const FOREIGN =
  /\.(?:weight_packed|weight_scale(?:_inv|_2)?|weight_zero_point|weight_shape|weight_g_idx|g_idx|input_scale|absmax|quant_map|nested_absmax|SCB|weight_format|qweight|qzeros|quant_state\.\w+)$/;

/** Packed weights that neither `load_model` nor the module unpacks. */
function unpackedFindings({ expected, names, key }: Model): readonly TensorFinding[] {
  const unpacks = wordsOf((moduleTensors(key) ?? expected).unpacks);
  const found = [...names.all].find(
    (name) => FOREIGN.test(name) && !names.isTransformed(name) && !isUnpacked(name, unpacks),
  );
  return found === undefined
    ? []
    : [extra(`mlx-lm does not unpack weights that come with ${last(found)} (${short(found)})`)];
}

const isUnpacked = (name: string, unpacks: readonly string[]): boolean =>
  (unpacks.includes("fp8") && name.endsWith(".weight_scale_inv")) ||
  (unpacks.includes("packed") && /\.weight_(?:packed|scale|shape)$/.test(name)) ||
  (unpacks.includes("modelopt") && /\.(?:weight_scale|weight_scale_2|input_scale)$/.test(name));

const last = (name: string): string => name.slice(name.lastIndexOf(".") + 1);
const short = (name: string): string => (name.length > 100 ? `${name.slice(0, 100)}…` : name);

/** Is some tensor none that the module names so itself? */
function foreignNames({ expected, names }: Model): boolean {
  const known = knownPaths(expected);
  const { prefix } = expected;
  return [...names.unpacked].some((name) => {
    const leaf = prefix === undefined ? undefined : leafOf(name, prefix)?.leaf;
    return !known.has(pathOf(leaf ?? name));
  });
}

const pathOf = (name: string): string => {
  const dot = name.lastIndexOf(".");
  return dot < 0 ? name : name.slice(0, dot);
};

function knownPaths({ once, layer, some, head }: ModuleTensors): ReadonlySet<string> {
  const names = [
    ...wordsOf(once).map(nameOf),
    ...wordsOf(layer).map(nameOf),
    ...wordsOf(some).map(nameOf),
    ...(head === undefined ? [] : [head]),
  ];
  return new Set(names.map(pathOf));
}

/** The layer and the name within it. Undefined for tensors outside of layers. */
function leafOf(
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

function leavesByLayer({ expected, names }: Model): ReadonlyMap<number, ReadonlySet<string>> {
  const found = new Map<number, Set<string>>();
  const { prefix } = expected;
  if (prefix === undefined) return found;
  for (const name of names.unpacked) {
    const at = leafOf(name, prefix);
    if (at === undefined) continue;
    const leaves = found.get(at.index) ?? new Set();
    found.set(at.index, leaves.add(at.leaf));
  }
  return found;
}

function layerCountFindings(model: Model): readonly TensorFinding[] {
  const { layers, expected } = model;
  const found = leavesByLayer(model);
  if (layers === null || found.size === 0) return [];
  const most = Math.max(...found.keys()) + 1;
  if (most < layers) {
    return [missing(`config.json says ${layers} layers, the weights have ${most}`)];
  }
  const dropped = wordsOf(expected.dropped);
  const surplus = [...found.keys()].filter(
    (index) => index >= layers && !(index === 61 && dropped.includes("layer61")),
  );
  return surplus.length === 0 || dropped.includes("layers")
    ? []
    : [extra(`config.json says ${layers} layers, the weights have ${most}`)];
}

/** Transformers, which reads the config for the tokenizer, wants one type a layer. */
function layerTypeFindings(values: JsonObject): readonly TensorFinding[] {
  const types = field(values, "layer_types");
  const layers = countField(values, "num_hidden_layers");
  if (!Array.isArray(types) || layers === undefined || types.length === layers) return [];
  return [missing(`config.json says ${layers} layers, and ${types.length} layer_types`)];
}

function missingFindings(model: Model): readonly TensorFinding[] {
  const { expected, names, layers } = model;
  const optional = wordsOf(expected.optional);
  const findings: TensorFinding[] = [];
  for (const name of wordsOf(expected.once).map(nameOf)) {
    if (!names.unpacked.has(name) && !optional.includes(name)) {
      findings.push(missing(`the weights lack ${name}`));
    }
  }
  const found = leavesByLayer(model);
  const always = wordsOf(expected.layer).map(nameOf);
  for (let index = 0; index < Math.min(layers ?? 0, 10_000); index += 1) {
    const leaves = found.get(index);
    const lacking = always.find((leaf) => leaves?.has(leaf) !== true);
    if (lacking === undefined) continue;
    findings.push(missing(`layer ${index} of the weights lacks ${lacking}`));
    if (findings.length >= MAX_FINDINGS) break;
  }
  if (findings.length === 0) findings.push(...unlikeNeighbours(model, found));
  return findings;
}

/** A layer that alone lacks a tensor. The module's list has only tensors that all layers have. */
function unlikeNeighbours(
  { expected }: Model,
  found: ReadonlyMap<number, ReadonlySet<string>>,
): readonly TensorFinding[] {
  if (expected.uneven === true || found.size < 3) return [];
  const kinds = new Map<
    string,
    { readonly layers: number[]; readonly leaves: ReadonlySet<string> }
  >();
  for (const [index, leaves] of found) {
    const key = [...leaves].toSorted().join(" ");
    const kind = kinds.get(key) ?? { layers: [], leaves };
    kind.layers.push(index);
    kinds.set(key, kind);
  }
  for (const { layers, leaves } of kinds.values()) {
    if (layers.length > 1) continue;
    for (const other of kinds.values()) {
      if (other.leaves === leaves || !leaves.isSubsetOf(other.leaves)) continue;
      const lacking = [...other.leaves.difference(leaves)];
      return [missing(`layer ${layers[0]} of the weights lacks ${lacking[0]}`)];
    }
  }
  return [];
}

function headFindings({ expected, names, values, config }: Model): readonly TensorFinding[] {
  const { head } = expected;
  if (head === undefined) return [];
  const said = field(values, "tie_word_embeddings") ?? field(config.root, "tie_word_embeddings");
  const tied = typeof said === "boolean" ? said : expected.tied === true;
  const has = names.unpacked.has(head);
  if (tied && has && !wordsOf(expected.dropped).includes("head")) {
    return [extra(`config.json ties the embeddings, and the weights have ${head}`)];
  }
  if (!tied && !has && !wordsOf(expected.optional).includes(head)) {
    return [missing(`config.json does not tie the embeddings, and the weights lack ${head}`)];
  }
  return [];
}

function shapeFindings(
  { expected, names }: Model,
  values: DimensionValues,
): readonly TensorFinding[] {
  const words = [expected.once, expected.layer, expected.some].flatMap(wordsOf);
  const letters = new Map(words.map((word) => [nameOf(word), word.slice(nameOf(word).length + 1)]));
  if (expected.head !== undefined) letters.set(expected.head, "VH");
  for (const [name, shapes] of names.shapes) {
    const leaf = expected.prefix === undefined ? undefined : leafOf(name, expected.prefix)?.leaf;
    const dimensions = letters.get(leaf ?? name);
    if (dimensions === undefined) continue;
    if (shapes.some((shape) => dimensionsFit(shape, dimensions, values))) continue;
    const message = `${short(name)} is ${(shapes[0] ?? []).join(" × ")}, which does not agree with config.json`;
    return [{ code: "tensor-shapes", message }];
  }
  return [];
}

const PARTS = [
  ["vision", /^(?:vision_tower|multi_modal_projector)\./],
  ["visual", /^(?:visual|model\.visual)\./],
  ["mtp", /(?:^|\.)mtp\./],
  ["rotary", /\.rotary_emb\.inv_freq$/],
] as const;

/** Tensors that the module neither has nor drops. */
function extraFindings(model: Model): readonly TensorFinding[] {
  const { expected, names } = model;
  // A module that translates names may drop unknown ones. It does not where MLX itself wrote the weights.
  if (expected.prefix === undefined || (expected.renames === true && !names.isMlx)) return [];
  const isWhole = expected.renames !== true || model.config.prefix === "";
  const root = expected.prefix.slice(0, expected.prefix.indexOf(".") + 1);
  const dropped: readonly string[] = wordsOf(expected.dropped);
  if (dropped.includes("other")) return [];
  const known = knownPaths(expected);
  const parents = new Set([...known].map(pathOf));
  for (const name of names.unpacked) {
    const part = PARTS.find(([, pattern]) => pattern.test(name))?.[0];
    if (part !== undefined && dropped.includes(part)) continue;
    const leaf = leafOf(name, expected.prefix)?.leaf;
    const path = pathOf(leaf ?? name);
    // Of a module that is known a bias or a scale may be a setting that no small config had.
    if (part === undefined && (known.has(path) || parents.has(path))) continue;
    if (FOREIGN.test(name) || !(isWhole || name.startsWith(root))) continue;
    return [extra(`mlx-lm's module has no ${short(name)}`)];
  }
  return [];
}
