import { type ModelName, parseModelName } from "../name/model-name.ts";

/** One model of a listing, as far as it helps to choose. */
export interface ListedVariant {
  readonly repoId: string;
  readonly tags?: readonly string[] | undefined;
  readonly pipelineTag?: string | undefined;
  readonly downloads?: number | undefined;
  /** ISO 8601. */
  readonly createdAt?: string | undefined;
  /** Elements by dtype (`U32`, `BF16` …), as a Hub counts them: packed weights as the parameters they stand for, in `U32`. */
  readonly tensorCounts?: Readonly<Record<string, number>> | undefined;
  /** An estimate that was made before, of name, tags and counts that are no longer at hand. */
  readonly estimate?: WeightEstimate | undefined;
}

/** The size of a listed model's weights, by its name, tags and counts. A guess until its files are read. */
export interface WeightEstimate {
  readonly bytes: number;
  readonly parameters: number | null;
  /** Whether a count of its tensors stands behind it, or its name alone. */
  readonly source: "counts" | "name";
  /** The truth may be less: neither name nor tags say how many bits the packed weights have. */
  readonly atMost: boolean;
}

const DTYPE_BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  U16: 2,
  I16: 2,
  F16: 2,
  BF16: 2,
  U32: 4,
  I32: 4,
  F32: 4,
  U64: 8,
  I64: 8,
  F64: 8,
};
// Some Hubs count the words of packed weights, not their parameters. 4-bit weights are then 8 times apart.
const BELIEVABLE = 1.7;
// More than that, MLX does not pack.
const MOST_BITS = 8;
// Of 8×7B, 46.7 billion are there: attention is shared.
const SHARED_EXPERTS = 0.83;

/** Estimates from tensor counts where they agree with the name, else from the name. Undefined when neither says enough. */
export function estimateWeights(model: ListedVariant): WeightEstimate | undefined {
  if (model.estimate !== undefined) return model.estimate;
  const name = parseModelName(model.repoId);
  const parameters = namedParameters(name);
  const byName =
    parameters === null
      ? undefined
      : Math.round((parameters * bitsPerWeight(name, model.tags)) / 8);
  const { U32: packed = 0, ...others } = model.tensorCounts ?? {};
  const bits = bitsOf(name, model.tags);
  const stored = countedBytes(model.tensorCounts);
  // The Hub counts the parameters of packed weights (mlx-community/Qwen3.5-9B-4bit, 2026-09-18). Mirrors may be older.
  const logical =
    stored && Math.round(stored - packed * 4 + (packed * Math.min(16, bits ?? MOST_BITS)) / 8);
  if (byName !== undefined) {
    const counted = [logical, stored].find((bytes) => isBelievable(bytes, byName));
    return counted === undefined
      ? { bytes: byName, parameters, source: "name", atMost: false }
      : { bytes: counted, parameters, source: "counts", atMost: false };
  }
  if (logical === undefined) return undefined;
  // Scales are no parameters. They are most of the unpacked tensors of packed models.
  const plain = Object.values(others).reduce((sum, count) => sum + count, 0);
  return {
    bytes: logical,
    parameters: packed > 0 ? packed : plain,
    source: "counts",
    atMost: packed > 0 && bits === undefined,
  };
}

function isBelievable(counted: number | undefined, byName: number): boolean {
  const ratio = (counted ?? 0) / byName;
  return ratio < BELIEVABLE && ratio > 1 / BELIEVABLE;
}

/** All parameters that a name gives. Null where it gives none or only those in use. */
function namedParameters({ parameters, parametersKind }: ModelName): number | null {
  if (parameters === undefined || parametersKind === "effective") return null;
  return parametersKind === "upper-bound" ? Math.round(parameters * SHARED_EXPERTS) : parameters;
}

/** Bits with scales (affine: 32 bits a group of 64). 16 where no source gives them. */
function bitsPerWeight(name: ModelName, tags: readonly string[] = []): number {
  const { quantization } = name;
  const bits = bitsOf(name, tags);
  if (bits === undefined || bits >= 16) return bits ?? 16;
  if (!Number.isInteger(bits)) return bits;
  if (quantization?.mode === "mxfp4") return 4.25;
  if (quantization?.mode === "mxfp8") return 8.25;
  if (quantization?.mode === "nvfp4") return 4.5;
  return bits + 32 / (quantization?.groupSize ?? 64);
}

function bitsOf({ quantization }: ModelName, tags: readonly string[] = []): number | undefined {
  const tagged = tags.map((tag) => /^([2-8])-bit$/.exec(tag)?.[1]).find((bits) => bits);
  return quantization?.bits ?? (tagged === undefined ? undefined : Number(tagged));
}

function countedBytes(counts: ListedVariant["tensorCounts"]): number | undefined {
  let bytes = 0;
  for (const [dtype, count] of Object.entries(counts ?? {})) {
    const size = DTYPE_BYTES[dtype];
    if (size === undefined || !Number.isSafeInteger(count) || count < 0) return undefined;
    bytes += size * count;
  }
  return bytes > 0 && Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Whether the estimated weights leave room for a prompt of some thousand tokens. A guess, like the estimate itself. */
export function estimateFit(estimate: WeightEstimate, limitBytes: number): "yes" | "tight" | "no" {
  // A tenth for caches and activations, half a gigabyte for the runtime.
  const need = estimate.bytes * 1.1 + 500_000_000;
  return need <= limitBytes * 0.9 ? "yes" : need <= limitBytes ? "tight" : "no";
}
