/**
 * Undoes byte grouping by four: `grouped` holds all bytes at places 0, 4, 8 … of the content, then those at 1, 5, 9 …,
 * and so on (xet-core, xorb_object/byte_grouping/bg4.rs). `output` has the same length.
 */
export function ungroupBytes(grouped: Uint8Array, output: Uint8Array): void {
  const { byteLength } = grouped;
  if (output.byteLength !== byteLength) throw new RangeError("grouping keeps the length");
  for (let place = 0, from = 0; place < 4; place += 1) {
    for (let to = place; to < byteLength; to += 4) output[to] = grouped[from++] as number;
  }
}
