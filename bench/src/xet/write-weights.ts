import { randomFillSync } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";

/** What a file of weights looks like: bf16 of small normal numbers, or MLX's 4-bit groups of 64 with their scales. */
export type WeightKind = "bf16" | "4-bit";

const PIECE_BYTES = 8_000_000;

/** Writes a file of `size` bytes. */
export function writeWeights(path: string, kind: WeightKind, size: number): void {
  const file = openSync(path, "w");
  try {
    for (let left = size; left > 0; left -= PIECE_BYTES) {
      writeSync(file, piece(kind).subarray(0, left));
    }
  } finally {
    closeSync(file);
  }
}

function piece(kind: WeightKind): Uint8Array {
  if (kind === "bf16") return normals(PIECE_BYTES / 2);
  // For 64 weights 32 bytes of them, a scale and a bias.
  const groups = PIECE_BYTES / 36;
  const packed = randomFillSync(new Uint8Array(32 * Math.floor(groups)));
  return Buffer.concat([packed, normals(2 * Math.ceil(groups))]);
}

/** Normal numbers with a deviation of 0.02, as bf16. */
function normals(count: number): Uint8Array {
  const floats = new Float32Array(count);
  for (let index = 0; index < count; index += 1) {
    const radius = Math.sqrt(-2 * Math.log(1 - Math.random()));
    floats[index] = 0.02 * radius * Math.cos(2 * Math.PI * Math.random());
  }
  const bits = new Uint32Array(floats.buffer);
  const halves = Uint16Array.from(bits, (word) => word >>> 16);
  return new Uint8Array(halves.buffer);
}
