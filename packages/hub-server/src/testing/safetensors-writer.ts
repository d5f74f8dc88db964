/** One tensor as it stands in a safetensors file. */
export interface Tensor {
  readonly dtype: "U8" | "U32" | "F16" | "BF16" | "F32";
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/**
 * A safetensors file: 8 bytes little-endian header length, the JSON header padded with spaces to a multiple of 8, then
 * the tensors in the order given.
 */
export function writeSafetensors(
  tensors: Readonly<Record<string, Tensor>>,
  metadata: Readonly<Record<string, string>> = { format: "mlx" },
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.alloc(Math.ceil(text.byteLength / 8) * 8, " ");
  text.copy(padded);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.byteLength));
  const pieces = [length, padded, ...Object.values(tensors).map((tensor) => tensor.data)];
  return new Uint8Array(Buffer.concat(pieces));
}
