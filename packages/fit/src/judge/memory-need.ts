import { type CacheBytes, cacheBytes, type KvQuantization } from "../caches/cache-bytes.ts";
import { kvBitsVerdict } from "../caches/kv-bits.ts";
import type { AttentionRuntime } from "../machine/fused-attention.ts";
import { MLX_LM_TABLE } from "../mlx-lm/table.ts";
import { FitError } from "../model/errors.ts";
import type { ModelDescription } from "../model/model-description.ts";
import { imageBytes, imageTokens } from "./image-bytes.ts";
import { scoreBytes } from "./score-bytes.ts";

/** How a model is run. The names and defaults are mlx-lm's. */
export interface MemoryOptions {
  /** Tokens of the prompt, 1 to 2²⁷. */
  readonly contextLength: number;
  /** Sequences at once. Default: 1. */
  readonly batch?: number | undefined;
  /** Bits of quantized keys and values (`--kv-bits`). Default: not quantized. */
  readonly kvBits?: number | undefined;
  /** Default 64. */
  readonly kvGroupSize?: number | undefined;
  /** Tokens from which keys and values are quantized. Default: 5000. */
  readonly quantizedKvStart?: number | undefined;
  /** Tokens a step of the prompt (`--prefill-step-size`), at least 64. Default: 2048. */
  readonly prefillStepSize?: number | undefined;
  /**
   * Prompts that a server keeps beside the one at work (`mlx_lm.server --prompt-cache-size`), each taken as long as the
   * context. Default: 0.
   */
  readonly keptPrompts?: number | undefined;
  /**
   * Images of the prompt, each of one megapixel (`mlx_vlm`). Their tokens are part of `contextLength`, as they are part of the
   * context that the model was made for. Default: 0.
   */
  readonly images?: number | undefined;
  /** A smaller model that drafts tokens (`--draft-model`). Its weights and caches are held too. */
  readonly draft?: ModelDescription | undefined;
  /** Bytes of an adapter's weights (`--adapter-path`). Default: 0. */
  readonly adapterBytes?: number | undefined;
  /** The machine, as far as it decides which attention is fused. An unknown part makes the need a range. */
  readonly machine?: AttentionRuntime["machine"];
  /** The MLX release. Default: the one that this package knows. */
  readonly mlxVersion?: string | undefined;
}

/** Bytes that a model needs to run. Null where the description does not say enough. */
export interface MemoryNeed {
  readonly contextLength: number;
  /** Tokens of `contextLength` that the images take. */
  readonly imageTokens: number;
  /** The weights in memory, those of a draft model and an adapter included. */
  readonly weightsBytes: number | null;
  /** The bytes in mlx-lm's caches after the prompt. */
  readonly kvBytes: number | null;
  /** The most they hold while the prompt is processed, kept prompts included. */
  readonly kvPeakBytes: number | null;
  /** Estimate: the bytes that a step of the prompt needs besides, `attentionBytes` included. */
  readonly activationBytes: number | null;
  /** The matrix of scores that attention builds where no fused kernel avoids it. An upper bound. */
  readonly attentionBytes: number | null;
  /** Estimate: buffers of MLX that no model is free of. */
  readonly overheadBytes: number;
  /** Weights, peak of the caches, activations and overhead. An upper bound. */
  readonly totalBytes: number | null;
  /** The same at least: less than `totalBytes` where it is not known whether this MLX and chip fuse the attention. */
  readonly lowTotalBytes: number | null;
}

/** The longest context that figures are given for, in tokens. */
export const MAX_CONTEXT_LENGTH: number = 2 ** 27;

/** From how many tokens on mlx-lm quantizes keys and values, when it is not told. */
export const DEFAULT_QUANTIZED_KV_START = 5000;

const MIN_PREFILL_STEP = 64;

// MLX keeps up to about ten command buffers of 50 MB in flight. Peaks of 54 runs on M2 Ultra, M3 Pro, M3 Ultra, M4 Max and
// M5 Max (test/measurements/peaks.json) lie 0.6 to 0.8 GB above weights, caches and scores, less below 512 tokens a step.
const OVERHEAD_BYTES = 200_000_000;
const IN_FLIGHT_BYTES = 550_000_000;
// Of small models they are not full: a command buffer takes 50 operations at most.
const OPERATIONS_IN_FLIGHT = 500;
const FEW_ROWS = 512;
const USUAL_ROWS = 2048;
// Layers with a recurrent state compute in float32 and keep more: bytes a token and number of the state's width.
const STATE_ROW_BYTES = 140;

/**
 * The bytes a model needs at a context length: stored weights, keys, values and states exactly as mlx-lm's cache
 * classes allocate them, the attention's scores by MLX's kernels, and an estimate of the rest. Throws
 * `fit/invalid-option`, and `fit/kv-bits-unsupported` where mlx-lm would fail with the `kvBits` asked for.
 */
export function memoryNeed(description: ModelDescription, options: MemoryOptions): MemoryNeed {
  const checked = checkedOptions(options);
  const { contextLength, batch, prefillStepSize, keptPrompts, adapterBytes, draft, images } =
    checked;
  const quantization = kvQuantization(options);
  refuseFailing(description, options, quantization);
  const prompt = { tokens: contextLength, prefillStepSize };
  const { cache, hiddenSize, residentBytes } = description;
  // A model that embeds or speaks keeps nothing of the past, and takes its input in one step.
  const keepsNothing = isEmbedder(description) || isSpeech(description);
  const kv: CacheBytes | null = keepsNothing
    ? { after: 0, peak: 0 }
    : cache
      ? cacheBytes(cache, prompt, quantization)
      : null;
  const drafted = draft && memoryNeed(draft, { ...options, kvBits: undefined, draft: undefined });
  // Embedders take a text at once, and so does mlx-vlm a prompt with images that see each other both ways.
  const isWhole = isEmbedder(description) || (images > 0 && description.vision?.whole === true);
  const step = isWhole ? contextLength : Math.min(prefillStepSize, Math.max(1, contextLength - 1));
  const rows = batch * step;
  const known = keepsNothing || (cache !== null && hiddenSize !== null);
  const place = {
    mlxVersion: options.mlxVersion ?? MLX_LM_TABLE.mlxVersion,
    machine: options.machine,
  };
  const scores = scoreBytes(description.scoreMatrices, {
    tokens: contextLength,
    rows: step,
    batch,
    quantized: quantization !== undefined && contextLength >= quantization.start,
    place,
  });
  const patches = Math.min(USUAL_ROWS, images * (description.vision?.patches ?? 0));
  const flow = known
    ? flowBytes(description, {
        rows: Math.max(rows, patches),
        logits: isWhole && images > 0 ? rows : 1,
      })
    : null;
  const weightsBytes = sum(residentBytes, adapterBytes, drafted ? drafted.weightsBytes : 0);
  const kvPeakBytes = sum(
    kv && batch * kv.peak + keptPrompts * kv.after,
    drafted ? drafted.kvPeakBytes : 0,
  );
  const seen = imageBytes(description, { images, place });
  const activationBytes = sum(flow, Math.max(scores.high, seen.high));
  return {
    contextLength,
    imageTokens: imageTokens(description, images),
    weightsBytes,
    kvBytes: kv && batch * kv.after,
    kvPeakBytes,
    activationBytes,
    attentionBytes: known ? Math.max(scores.high, seen.high) : null,
    overheadBytes: OVERHEAD_BYTES,
    totalBytes: sum(weightsBytes, kvPeakBytes, activationBytes, OVERHEAD_BYTES),
    lowTotalBytes: sum(
      weightsBytes,
      kvPeakBytes,
      flow,
      Math.max(scores.low, seen.low),
      OVERHEAD_BYTES,
    ),
  };
}

/** Whether it makes vectors of whole texts. */
export const isEmbedder = ({ roles }: Pick<ModelDescription, "roles">): boolean =>
  roles.includes("embedding");

/** Whether it is a model of sound alone, which no module of mlx-lm runs. */
export const isSpeech = ({
  roles,
  module,
  cache,
}: Pick<ModelDescription, "roles" | "module" | "cache">): boolean =>
  roles.includes("audio") && module === null && cache === null;

/** Null as soon as one part is. */
function sum(...parts: readonly (number | null)[]): number | null {
  let total = 0;
  for (const part of parts) {
    if (part === null) return null;
    total += part;
  }
  return total;
}

/** The activations of the layers during a step of so many rows, and the logits of so many of them. */
function flowBytes(
  description: ModelDescription,
  { rows, logits }: { readonly rows: number; readonly logits: number },
): number {
  const { cache, hiddenSize, vocabularySize, stateWidth } = description;
  const elementBytes = cache?.elementBytes ?? 2;
  const filled = rows < FEW_ROWS ? rows / FEW_ROWS : Math.max(1, rows / USUAL_ROWS);
  const inFlight = Math.min(
    (IN_FLIGHT_BYTES * filled * elementBytes) / 2,
    hiddenSize === null
      ? Number.POSITIVE_INFINITY
      : OPERATIONS_IN_FLIGHT * rows * hiddenSize * elementBytes,
  );
  const states = STATE_ROW_BYTES * (stateWidth ?? 0) * rows;
  return Math.ceil(inFlight + states + logits * (vocabularySize ?? 0) * elementBytes);
}

interface CheckedOptions {
  readonly contextLength: number;
  readonly batch: number;
  readonly prefillStepSize: number;
  readonly keptPrompts: number;
  readonly adapterBytes: number;
  readonly images: number;
  readonly draft: ModelDescription | undefined;
}

function checkedOptions(options: MemoryOptions): CheckedOptions {
  const { contextLength, batch = 1, prefillStepSize = 2048, draft } = options;
  const { keptPrompts = 0, adapterBytes = 0, images = 0 } = options;
  requireCount("contextLength", contextLength, { min: 1, max: MAX_CONTEXT_LENGTH });
  requireCount("batch", batch, { min: 1, max: 1_000_000 });
  requireCount("prefillStepSize", prefillStepSize, {
    min: MIN_PREFILL_STEP,
    max: MAX_CONTEXT_LENGTH,
  });
  requireCount("keptPrompts", keptPrompts, { min: 0, max: 1000 });
  requireCount("adapterBytes", adapterBytes, { min: 0, max: 2 ** 50 });
  requireCount("images", images, { min: 0, max: 1000 });
  return { contextLength, batch, prefillStepSize, keptPrompts, adapterBytes, draft, images };
}

function kvQuantization(options: MemoryOptions): KvQuantization | undefined {
  const { kvBits, kvGroupSize = 64, quantizedKvStart = DEFAULT_QUANTIZED_KV_START } = options;
  if (kvBits === undefined) return undefined;
  if (![2, 3, 4, 5, 6, 8].includes(kvBits)) throw invalid("kvBits", kvBits, "2, 3, 4, 5, 6 or 8");
  if (![32, 64, 128].includes(kvGroupSize)) {
    throw invalid("kvGroupSize", kvGroupSize, "32, 64 or 128");
  }
  requireCount("quantizedKvStart", quantizedKvStart, { min: 0, max: MAX_CONTEXT_LENGTH });
  return { bits: kvBits, groupSize: kvGroupSize, start: quantizedKvStart };
}

function refuseFailing(
  { cache }: ModelDescription,
  { contextLength }: MemoryOptions,
  quantization: KvQuantization | undefined,
): void {
  if (quantization === undefined || contextLength < quantization.start) return;
  const { verdict, reason } = kvBitsVerdict(cache, { groupSize: quantization.groupSize });
  if (verdict !== "fails") return;
  throw new FitError(`mlx-lm fails with kvBits: ${reason}`, "fit/kv-bits-unsupported", {
    hint: "Leave the keys and values of this model as they are.",
    data: { reason },
  });
}

function requireCount(
  name: string,
  value: number,
  { min, max }: { readonly min: number; readonly max: number },
): void {
  if (!Number.isInteger(value) || value < min || value > max) {
    throw invalid(name, value, `a whole number from ${min} to ${max}`);
  }
}

function invalid(name: string, value: unknown, wanted: string): FitError {
  return new FitError(`${name} is ${String(value)}`, "fit/invalid-option", {
    hint: `Give ${name} as ${wanted}.`,
    data: { name },
  });
}
