import { ACCELERATED_STEP, type AttentionRuntime, scoreNeed } from "../machine/fused-attention.ts";
import type { ScoreMatrix } from "../model/score-matrix.ts";

/** One prompt, and where it is processed. */
export interface ScoreStep {
  /** Tokens of the prompt. */
  readonly tokens: number;
  /** Tokens of its largest step. */
  readonly rows: number;
  readonly batch: number;
  /** Keys and values are quantized: mlx-lm then multiplies them itself, with the scores as a matrix. */
  readonly quantized: boolean;
  readonly place: AttentionRuntime;
}

/** The least and the most bytes that the scores of a prompt of up to so many tokens take at once. */
export interface ScoreBytes {
  readonly low: number;
  readonly high: number;
}

/** Bytes of the largest matrix of scores that any layer builds. */
export function scoreBytes(matrices: readonly ScoreMatrix[], step: ScoreStep): ScoreBytes {
  let low = 0;
  let high = 0;
  for (const matrix of matrices) {
    const bytes = matrixBytes(matrix, step);
    low = Math.max(low, bytes.low);
    high = Math.max(high, bytes.high);
  }
  return { low, high };
}

function matrixBytes(matrix: ScoreMatrix, step: ScoreStep): ScoreBytes {
  const { heads, window, copies, elementBytes, by } = matrix;
  const { tokens, rows, batch, quantized, place } = step;
  const keys = window === null ? tokens : Math.min(tokens, window + rows);
  const unpacked =
    batch * (tokens * matrix.unpackedBytes + Math.ceil(rows * keys * matrix.maskBytes));
  const of = (count: number): number =>
    Math.ceil(batch * heads * count * keys * elementBytes * copies) + unpacked;
  if (by === "module" || (quantized && window === null)) return { low: of(rows), high: of(rows) };
  switch (scoreNeed(matrix, place)) {
    case "never":
      return { low: unpacked, high: unpacked };
    case "always":
      return { low: of(rows), high: of(rows) };
    case "short":
      // Whether the last step is a short one depends on the very length of the prompt.
      return { low: unpacked, high: of(Math.min(rows, ACCELERATED_STEP - 1)) };
    case "unknown":
      return { low: unpacked, high: of(rows) };
  }
}
