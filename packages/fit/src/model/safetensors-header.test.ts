import { expect, test } from "vitest";
import { parseSafetensorsHeader } from "../index.ts";

const file = (header: unknown): Uint8Array => {
  const json = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.byteLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(json.byteLength), true);
  bytes.set(json, 8);
  return bytes;
};

const tensor = (dtype: string, shape: readonly number[], data_offsets: readonly number[]) => ({
  dtype,
  shape,
  data_offsets,
});

test("a header gives its tensors, their bytes and its metadata", () => {
  const header = parseSafetensorsHeader(
    file({
      __metadata__: { format: "mlx" },
      "a.weight": tensor("BF16", [2, 3], [0, 12]),
      "b.weight": tensor("U32", [4], [12, 28]),
    }),
  );
  expect(header.metadata.get("format")).toBe("mlx");
  expect(header.tensorBytes).toBe(28);
  expect(header.tensors.get("a.weight")).toEqual({
    dtype: "BF16",
    shape: [2, 3],
    offset: 0,
    bytes: 12,
  });
});

test.each([
  ["overlap", { a: tensor("U8", [4], [0, 4]), b: tensor("U8", [4], [3, 7]) }],
  ["a size that does not follow from the shape", { a: tensor("F32", [4], [0, 8]) }],
  ["an unknown dtype", { a: tensor("F12", [4], [0, 4]) }],
  ["a negative shape", { a: tensor("U8", [-4], [0, 4]) }],
  ["an end before the start", { a: tensor("U8", [0], [4, 0]) }],
  ["no object", []],
])("a header with %s is refused", (_, header) => {
  expect(() => parseSafetensorsHeader(file(header))).toThrow(
    expect.objectContaining({ code: "fit/invalid-header" }),
  );
});
