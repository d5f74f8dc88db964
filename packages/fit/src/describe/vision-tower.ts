import type { VisionTower } from "../model/model-description.ts";
import { field, isObject, objectField } from "../model/json-value.ts";
import { countField, type ModelConfig } from "../model/model-config.ts";

// A photo that a program hands on after it made it smaller: one megapixel.
const SIDE = 1024;
// Towers that take images of any size, and how many patches a side become one token.
const DYNAMIC: ReadonlyMap<string, number> = new Map([
  ["qwen2_vl", 2],
  ["qwen2_5_vl", 2],
  ["qwen3_vl", 2],
  ["qwen3_vl_moe", 2],
  ["qwen3_5", 2],
  ["qwen3_5_moe", 2],
  ["glm4v", 2],
  ["glm4v_moe", 2],
  ["pixtral", 1],
  ["mistral3", 2],
]);

/** The tower that sees, by `vision_config`. Null where a model has none, or its sizes are not given. */
export function visionTower({ root, modelType }: ModelConfig): VisionTower | null {
  const vision = objectField(root, "vision_config");
  if (!isObject(vision)) return null;
  const count = (...names: readonly string[]): number | undefined =>
    names.map((name) => countField(vision, name)).find((found) => found !== undefined);
  const hiddenSize = count("hidden_size", "embed_dim");
  const heads = count("num_attention_heads", "num_heads");
  const patch = count("patch_size", "spatial_patch_size");
  if (hiddenSize === undefined || heads === undefined || patch === undefined) return null;
  const merge = DYNAMIC.get(modelType ?? "");
  const side = merge === undefined ? count("image_size") : SIDE;
  if (side === undefined || side < patch) return null;
  const patches = Math.floor(side / patch) ** 2;
  const square = count("spatial_merge_size") ?? merge;
  const stated = countField(root, "mm_tokens_per_image") ?? count("num_image_tokens");
  const scale = countField(root, "scale_factor");
  const tokens = stated ?? Math.ceil(patches / ((square ?? scale ?? 1) * (square ?? scale ?? 1)));
  return {
    hiddenSize,
    heads,
    headDim: countField(vision, "head_dim") ?? Math.floor(hiddenSize / heads),
    patches,
    tokensPerImage: tokens,
    fixedSize: field(vision, "image_size") !== undefined && merge === undefined,
  };
}
