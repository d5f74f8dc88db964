import { type ModelName, parseModelName } from "../name/model-name.ts";

/** One model of a listing, as far as it helps to choose. */
export interface ListedVariant {
  readonly repoId: string;
  readonly tags?: readonly string[] | undefined;
  readonly pipelineTag?: string | undefined;
  readonly downloads?: number | undefined;
  /** ISO 8601. */
  readonly createdAt?: string | undefined;
  /** Stored elements by dtype (`U32`, `BF16` …), as a Hub counts them in the headers. */
  readonly tensorCounts?: Readonly<Record<string, number>> | undefined;
}

/** What the weights of a listed model weigh, as far as name, tags and counts tell. A guess until its files are read. */
export interface WeightEstimate {
  readonly bytes: number;
  readonly parameters: number | null;
  /** Whether a count of its tensors stands behind it, or its name alone. */
  readonly source: "counts" | "name";
  /** The truth may be far less: a Hub's count of packed weights can be read in two ways. */
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
// Hubs have counted packed weights as stored and as what they stand for; 4-bit weights are 8 times apart then.
const BELIEVABLE = 1.7;
// Of 8×7B, 46.7 billion are there: attention is shared.
const SHARED_EXPERTS = 0.83;

/** Estimates from tensor counts where they agree with the name, else from the name; undefined when neither says enough. */
export function estimateWeights(model: ListedVariant): WeightEstimate | undefined {
  const name = parseModelName(model.repoId);
  const parameters = namedParameters(name);
  const byName =
    parameters === null
      ? undefined
      : Math.round((parameters * bitsPerWeight(name, model.tags)) / 8);
  const counted = countedBytes(model.tensorCounts);
  if (counted !== undefined && byName !== undefined) {
    const ratio = counted / byName;
    if (ratio < BELIEVABLE && ratio > 1 / BELIEVABLE) {
      return { bytes: counted, parameters, source: "counts", atMost: false };
    }
  }
  if (byName !== undefined) return { bytes: byName, parameters, source: "name", atMost: false };
  if (counted === undefined) return undefined;
  // Packed weights without a size in the name: taken for stored ones, the larger of two readings.
  const { U32: packed = 0, ...others } = model.tensorCounts ?? {};
  const bits = Math.min(16, bitsOf(name, model.tags) ?? 4);
  const plain = Object.values(others).reduce((sum, count) => sum + count, 0);
  return {
    bytes: counted,
    // Scales are no parameters; of packed models they are most of what is not packed.
    parameters: Math.round(packed > 0 ? (packed * 32) / bits : plain),
    source: "counts",
    atMost: packed > 0,
  };
}

/** All parameters that a name speaks of; null where it gives none or only those in use. */
function namedParameters({ parameters, parametersKind }: ModelName): number | null {
  if (parameters === undefined || parametersKind === "effective") return null;
  return parametersKind === "upper-bound" ? Math.round(parameters * SHARED_EXPERTS) : parameters;
}

/** Bits with scales (affine: 32 bits a group of 64); 16 where nothing is said. */
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

/** Whether the estimated weights leave room for a prompt of some thousand tokens; a guess like the estimate itself. */
export function estimateFit(estimate: WeightEstimate, limitBytes: number): "yes" | "tight" | "no" {
  // A tenth for caches and activations, half a gigabyte for the runtime.
  const need = estimate.bytes * 1.1 + 500_000_000;
  return need <= limitBytes * 0.9 ? "yes" : need <= limitBytes ? "tight" : "no";
}
