import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quantizationLabel } from "./quantization-label.ts";

describe("quantizationLabel", () => {
  test.each<[unknown, string | undefined]>([
    [{ quantization: { bits: 4, group_size: 64 } }, "4bit-g64"],
    [
      { quantization: { bits: 4, group_size: 32, mode: "affine" }, torch_dtype: "float16" },
      "4bit-g32",
    ],
    [{ quantization: { bits: 4, group_size: 32, mode: "mxfp4" } }, "mxfp4"],
    [{ quantization: { bits: 8, group_size: 64, "model.layers.0": { bits: 4 } } }, "8bit-g64"],
    [{ quantization: { bits: 6 } }, "6bit"],
    [{ quantization_config: { bits: 4, group_size: 64 } }, "4bit-g64"],
    [{ quantization_config: { quant_method: "mxfp4" } }, "mxfp4"],
    [{ quantization_config: { quant_method: "awq", bits: 4, group_size: 128 } }, "awq"],
    [{ text_config: { quantization: { bits: 4, group_size: 64 } } }, "4bit-g64"],
    [{ torch_dtype: "bfloat16" }, "bfloat16"],
    [{ dtype: "float16" }, "float16"],
    [{ text_config: { dtype: "bfloat16" } }, "bfloat16"],
    [{ quantization: null, torch_dtype: "bfloat16" }, "bfloat16"],
    [{ quantization: { bits: "4" } }, undefined],
    [{ torch_dtype: "a b\n" }, undefined],
    [{}, undefined],
    [null, undefined],
    ["text", undefined],
  ])("of %j is %j", (config, label) => {
    expect(quantizationLabel(config)).toBe(label);
  });

  test("is a short word or nothing for any JSON", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (quantization, other) => {
        const label = quantizationLabel({ quantization, quantization_config: other });
        expect(label ?? "none").toMatch(/^[\w.-]{1,40}$/);
      }),
    );
  });
});
