import type { BlobSource } from "./blob-source.ts";
import type { PackedWeights } from "./model-card.ts";
import type { RepoSnapshot } from "./repo-store.ts";

const MAX_HEADER_BYTES = 25_000_000;
const WORD_BITS = 32;

/** Parameters of a snapshot's safetensors files, by dtype and in all, as the Hub shows them. */
export interface TensorCount {
  readonly parameters: Readonly<Record<string, number>>;
  readonly total: number;
}

const counted = new WeakMap<RepoSnapshot, Promise<TensorCount | undefined>>();

/**
 * Counts parameters from the headers of the root's safetensors files, once per snapshot. Undefined
 * without any, with a broken one, or with one that is not here. Weights that MLX packs into 32-bit words (`quantization`) count
 * as the weights they contain, still under `U32`, as the Hub counted mlx-community/Qwen3.5-9B-4bit
 * on 2026-09-18 (U32 8952741888 of 9409813744, huggingface/hub-docs#2704).
 */
export function countTensors(
  snapshot: RepoSnapshot,
  quantization?: PackedWeights,
): Promise<TensorCount | undefined> {
  const known = counted.get(snapshot) ?? count(snapshot, quantization);
  counted.set(snapshot, known);
  return known;
}

async function count(
  snapshot: RepoSnapshot,
  quantization: PackedWeights | undefined,
): Promise<TensorCount | undefined> {
  const files = snapshot.files.filter((file) => /^[^/]+\.safetensors$/.test(file.path));
  const parameters: Record<string, number> = {};
  if (files.some((file) => file.absent !== undefined)) return undefined;
  try {
    for (const { blob } of files) {
      for (const [name, tensor] of Object.entries(await readSafetensorsHeader(blob))) {
        const { dtype, shape } = tensor as { dtype?: unknown; shape?: unknown };
        if (typeof dtype !== "string" || !Array.isArray(shape)) continue;
        const elements = shape.reduce((product: number, side) => product * Number(side), 1);
        const bits = dtype === "U32" ? quantization?.bitsOf(name) : undefined;
        const logical = bits === undefined ? elements : Math.floor((elements * WORD_BITS) / bits);
        parameters[dtype] = (parameters[dtype] ?? 0) + logical;
      }
    }
  } catch {
    return undefined;
  }
  const total = Object.values(parameters).reduce((sum, n) => sum + n, 0);
  return total > 0 ? { parameters, total } : undefined;
}

/** The header of a safetensors file without `__metadata__` (format: 8 bytes LE length, then JSON). Rejects on anything else. */
export async function readSafetensorsHeader(blob: BlobSource): Promise<Record<string, object>> {
  const reader = await blob.open();
  try {
    const head = Buffer.alloc(8);
    await reader.read(head, 0);
    const length = Number(head.readBigUInt64LE());
    if (length > MAX_HEADER_BYTES || length > blob.size - 8) throw new Error("no safetensors file");
    const json = Buffer.alloc(length);
    await reader.read(json, 8);
    const { __metadata__: _, ...tensors } = JSON.parse(json.toString()) as Record<string, object>;
    return tensors;
  } finally {
    await reader.close();
  }
}
