import type { AttentionRuntime } from "../machine/fused-attention.ts";
import type { ModelDescription, VisionTower } from "../model/model-description.ts";
import { scoreBytes } from "./score-bytes.ts";

/** The images of a prompt, and where they are seen. */
export interface ImagesSeen {
  readonly images: number;
  readonly place: AttentionRuntime;
}

/**
 * The least and the most bytes that the tower needs for all images of a prompt, before the language model starts: the
 * scores, their mask, and what a block holds of the patches. Measured in mlx-vlm 0.7.10 (test/measurements/towers.json).
 */
export function imageBytes(
  { vision, cache }: ModelDescription,
  { images, place }: ImagesSeen,
): { readonly low: number; readonly high: number } {
  if (vision === null || images === 0) return { low: 0, high: 0 };
  const elementBytes = cache?.elementBytes ?? 2;
  const patches = images * vision.patches;
  // Pixels are there as they come, and once more in the tower's dtype.
  const pixels = vision.patchPixels * (FLOAT32_BYTES + elementBytes);
  const held = patches * (vision.hiddenSize * vision.patchWidths * elementBytes + pixels);
  const scores = towerScores(vision, { images, place, elementBytes });
  return { low: scores.low + held, high: scores.high + held };
}

function towerScores(
  { heads, headDim, patches, images: seen, fused }: VisionTower,
  { images, place, elementBytes }: ImagesSeen & { readonly elementBytes: number },
): { readonly low: number; readonly high: number } {
  if (fused) return { low: 0, high: 0 };
  // One sequence of all images attends with a mask, which is made as float32.
  const tokens = seen === "joined" ? images * patches : patches;
  const matrix = {
    heads,
    queryDim: headDim,
    valueDim: headDim,
    window: null,
    by: "kernel" as const,
    copies: 1,
    elementBytes,
    unpackedBytes: 0,
    maskBytes: seen === "joined" ? FLOAT32_BYTES + elementBytes : 0,
  };
  return scoreBytes([matrix], {
    tokens,
    rows: tokens,
    batch: seen === "batch" ? images : 1,
    quantized: false,
    place,
  });
}

const FLOAT32_BYTES = 4;

/** Tokens that the images of a prompt take of the context. */
export const imageTokens = ({ vision }: ModelDescription, images: number): number =>
  images * (vision?.tokensPerImage ?? 0);
