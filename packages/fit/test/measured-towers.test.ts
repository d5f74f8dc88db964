import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { describeModel, memoryNeed, type ModelDescription } from "../src/index.ts";
import { smallConfig } from "./architectures.ts";

interface Towers {
  readonly live: readonly {
    readonly tower: string;
    readonly side: number;
    readonly images: number;
    readonly hidden: number;
    readonly heads: number;
    readonly bytes: number;
  }[];
  readonly buffers: readonly {
    readonly model: string;
    readonly heads: number;
    readonly grid: readonly [number, number];
    readonly bytes: number;
    readonly elementBytes: number;
  }[];
}

const { live, buffers } = JSON.parse(
  readFileSync(new URL("measurements/towers.json", import.meta.url), "utf8"),
) as Towers;

function described(modelType: string, vision: object): ModelDescription {
  const text = { ...smallConfig("qwen3"), torch_dtype: "bfloat16" };
  return describeModel({
    config: JSON.stringify({ model_type: modelType, text_config: text, vision_config: vision }),
  });
}

/** What images add to a prompt of text, where MLX fuses nothing. */
function imageBytes(description: ModelDescription, images: number): number {
  const { attentionBytes } = memoryNeed(description, {
    contextLength: 2,
    images,
    mlxVersion: "0.1.0",
  });
  return attentionBytes ?? 0;
}

describe("towers that see", () => {
  for (const { tower, side, images, hidden, heads, bytes } of live) {
    test(`${tower} with ${images} × ${side * side} patches needs what it needed in mlx-vlm`, () => {
      const description = described(tower, {
        hidden_size: hidden,
        embed_dim: hidden,
        num_heads: heads,
        num_attention_heads: heads,
        patch_size: 14,
        image_size: side * 14,
      });
      expect(description.vision).not.toBeNull();
      const vision = { ...description.vision, patches: side * side } as ModelDescription["vision"];
      // On the CPU also the towers that pad their heads build the scores.
      const own = imageBytes({ ...description, vision }, images);
      const scores = vision?.fused === true ? heads * side ** 4 * 2 : 0;
      expect(own + scores).toBeGreaterThanOrEqual(0.98 * bytes);
      expect(own + scores).toBeLessThanOrEqual(1.4 * bytes);
    });
  }

  for (const { model, heads, grid, bytes, elementBytes } of buffers) {
    test(`${model} asked Metal for a matrix of ${bytes} bytes, and needs little more`, () => {
      const description = described("qwen2_vl", {
        hidden_size: 72 * heads,
        num_heads: heads,
        patch_size: 14,
      });
      const vision = { ...description.vision, patches: grid[0] * grid[1] };
      const seen = imageBytes({ ...description, vision } as ModelDescription, 1);
      expect((seen * elementBytes) / 2).toBeGreaterThanOrEqual(bytes);
      expect((seen * elementBytes) / 2).toBeLessThanOrEqual(1.1 * bytes);
    });
  }
});
