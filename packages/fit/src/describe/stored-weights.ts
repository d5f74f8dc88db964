import type { ConfiguredQuantization, Packing } from "../model/quantization.ts";
import type { SafetensorsHeader, TensorInfo } from "../model/safetensors-header.ts";
import { packingOf } from "./packing.ts";

/** The facts in the headers about the weights. */
export interface StoredWeights {
  readonly tensorBytes: number;
  /** Bytes once the loader has turned fp8 tensors, which MLX cannot multiply, into 2-byte numbers. */
  readonly residentBytes: number;
  /** Elements as stored. */
  readonly elements: number;
  /** Weights before packing, counted as mlx-lm does: those of leaf modules. */
  readonly parameters: number;
  /** Those of most bytes first. */
  readonly packings: readonly Packing[];
  /** A layer that the config packs in a way its shapes exclude, one sentence. */
  readonly mismatch: string | undefined;
  /** The contradictions to the config, one sentence each. */
  readonly problems: readonly string[];
  /** The dtype that keys and values will have: that of the tensors they are computed with. */
  readonly dtype: string | undefined;
}

/** Reads sizes, parameters and packings from headers: totals are those of the files whose headers these are. */
export function readStoredWeights(
  headers: Iterable<SafetensorsHeader>,
  quantization: ConfiguredQuantization | undefined,
): StoredWeights {
  const tensors = new Map<string, TensorInfo>();
  for (const header of headers) {
    for (const [name, tensor] of header.tensors) tensors.set(name, tensor);
  }
  const inner = innerModules(tensors.keys());
  const packings = new Map<string, Packing>();
  const packed = new Map<string, number>();
  const problems: string[] = [];
  let mismatch: string | undefined;
  const unpacked = quantization?.mode === "fp8";
  let tensorBytes = 0;
  let residentBytes = 0;
  let elements = 0;
  let parameters = 0;
  for (const [name, tensor] of tensors) {
    const count = elementsOf(tensor);
    tensorBytes += tensor.bytes;
    residentBytes += unpacked && tensor.dtype === "F8_E4M3" ? 2 * tensor.bytes : tensor.bytes;
    elements += count;
    const { path, leaf } = split(name);
    const packing = packingOf(path, { tensors, quantization });
    if (typeof packing === "object" && disagrees(packing, quantization?.overrides.get(path))) {
      mismatch ??= `config.json packs ${short(path)} otherwise than its shapes show`;
    }
    if (packing === "odd") problems.push(`the shapes of ${short(path)} fit no packing of MLX`);
    if (typeof packing === "object") {
      const key = JSON.stringify(packing);
      packings.set(key, packing);
      packed.set(key, (packed.get(key) ?? 0) + tensor.bytes);
    }
    const factor = factorOf({ name, leaf, packing, tensors });
    if (factor > 0 && !inner.has(path)) parameters += Math.floor(count * factor);
  }
  return {
    tensorBytes,
    residentBytes,
    elements,
    parameters,
    packings: [...packings]
      .toSorted(([a], [b]) => (packed.get(b) ?? 0) - (packed.get(a) ?? 0))
      .map(([, packing]) => packing),
    mismatch,
    problems: [...new Set(problems)].slice(0, MAX_PROBLEMS),
    dtype: computeDtype(tensors),
  };
}

const MAX_PROBLEMS = 5;

const short = (name: string): string => (name.length > 120 ? `${name.slice(0, 120)}…` : name);

function split(name: string): { readonly path: string; readonly leaf: string } {
  const dot = name.lastIndexOf(".");
  return dot < 0
    ? { path: "", leaf: name }
    : { path: name.slice(0, dot), leaf: name.slice(dot + 1) };
}

function elementsOf({ shape }: TensorInfo): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Paths of modules that hold other modules: parameters of their own are not counted by mlx-lm. */
function innerModules(names: Iterable<string>): ReadonlySet<string> {
  const inner = new Set<string>();
  for (const name of names) {
    let { path } = split(name);
    while (path !== "") {
      ({ path } = split(path));
      if (inner.has(path)) break;
      inner.add(path);
    }
  }
  return inner;
}

function disagrees(packing: Packing, override: Packing | false | undefined): boolean {
  return (
    override !== undefined &&
    (override === false ||
      override.mode !== packing.mode ||
      override.bits !== packing.bits ||
      override.groupSize !== packing.groupSize)
  );
}

interface Stored {
  readonly name: string;
  readonly leaf: string;
  readonly packing: Packing | "odd" | undefined;
  readonly tensors: ReadonlyMap<string, TensorInfo>;
}

/** Parameters that one stored element stands for. 0 for a tensor that only describes others. */
function factorOf({ name, leaf, packing, tensors }: Stored): number {
  if (typeof packing === "object") {
    if (leaf === "weight") return 32 / packing.bits;
    return leaf === "bias" ? 1 : 0;
  }
  // AWQ: eight 4-bit numbers a word. Its zeros and scales describe them.
  if (leaf === "qweight") return 8;
  if (/^(?:qzeros|scales|g_idx)$/.test(leaf) && tensors.has(name.replace(/[^.]+$/, "qweight"))) {
    return 0;
  }
  // Weights as gpt-oss was published: two 4-bit numbers a byte.
  if (leaf.endsWith("_blocks") && tensors.has(name.replace(/_blocks$/, "_scales"))) return 2;
  if (leaf.endsWith("_scales") && tensors.has(name.replace(/_scales$/, "_blocks"))) return 0;
  return leaf === "weight_scale_inv" || leaf === "weight_scale" ? 0 : 1;
}

// The tensors that a key passes on its way into the cache.
const ON_THE_WAY =
  /(?:^|\.)(?:embed_tokens|word_embeddings|wte|embed_in|embeddings?|tok_embeddings|input_layernorm|attention_norm|ln_1|norm1|k_proj|k_norm|qkv_proj|c_attn|W_pack|Wqkv|wqkv|query_key_value|kv_a_proj_with_mqa|in_proj|conv1d)\.(?:weight|scales)$/;

// Embeddings packed as mxfp4, nvfp4 or mxfp8.
const PACKED_EMBEDDING =
  /(?:^|\.)(?:embed_tokens|word_embeddings|wte|embed_in|embeddings?|tok_embeddings)\.scales$/;

/** As MLX promotes: the widest one, and float32 where bfloat16 meets float16. */
function computeDtype(tensors: ReadonlyMap<string, TensorInfo>): string | undefined {
  const found = new Set<string>();
  for (const [name, { dtype }] of tensors) {
    if (DTYPES.has(dtype) && ON_THE_WAY.test(name)) found.add(dtype);
    // Of these MLX makes bfloat16 in every model.
    if (dtype === "U8" && PACKED_EMBEDDING.test(name)) found.add("BF16");
  }
  if (found.size === 0) return undefined;
  if (found.has("F32") || found.size > 1) return "float32";
  return DTYPES.get([...found][0] ?? "");
}

const DTYPES: ReadonlyMap<string, string> = new Map([
  ["F32", "float32"],
  ["BF16", "bfloat16"],
  ["F16", "float16"],
]);
