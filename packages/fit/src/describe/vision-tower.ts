import type { VisionTower } from "../model/model-description.ts";
import { isObject, objectField, stringField } from "../model/json-value.ts";
import { countField, type ModelConfig } from "../model/model-config.ts";

// A photo that a program hands on after it made it smaller: one megapixel.
const SIDE = 1024;

/** How mlx-vlm 0.7.10 sees with a tower that takes images of any size, by `model_type`. */
interface DynamicTower {
  /** Patches a side that become one token. */
  readonly merge: number;
  readonly fused?: boolean;
  readonly joined?: boolean;
}

const DYNAMIC: ReadonlyMap<string, DynamicTower> = new Map([
  ["qwen2_vl", { merge: 2 }],
  ["qwen2_5_vl", { merge: 2 }],
  ["qwen3_vl", { merge: 2, fused: true }],
  ["qwen3_vl_moe", { merge: 2, fused: true }],
  ["qwen3_5", { merge: 2, fused: true }],
  ["qwen3_5_moe", { merge: 2, fused: true }],
  ["glm4v", { merge: 2 }],
  ["glm4v_moe", { merge: 2 }],
  ["pixtral", { merge: 1, joined: true }],
  ["mistral3", { merge: 2, joined: true }],
]);

// Towers of Qwen and GLM turn queries and keys in float32. The others hold both sides of their feed-forward (measured: 16 to 22,
// and up to 9.4).
const FLOAT32_WIDTHS = 23;
const PLAIN_WIDTHS = 10;
// Videos are pairs of frames, and an image stands for both.
const FRAMES = 2;
const COLOURS = 3;

// Gemma 4 brings an image of any shape to so many tokens, of 3 × 3 patches each.
const POOLED: ReadonlySet<string> = new Set(["gemma4"]);
const POOLED_TOKENS = 280;
const POOLING = 3;

/** The tower that sees, by `vision_config`. Null where a model has none, or its sizes are not given. */
export function visionTower(config: ModelConfig): VisionTower | null {
  const { root, modelType } = config;
  const vision = objectField(root, "vision_config");
  if (!isObject(vision)) return null;
  const count = (...names: readonly string[]): number | undefined =>
    names.map((name) => countField(vision, name)).find((found) => found !== undefined);
  const hiddenSize = count("hidden_size", "embed_dim");
  const heads = count("num_attention_heads", "num_heads");
  if (hiddenSize === undefined || heads === undefined) return null;
  const dynamic = DYNAMIC.get(modelType ?? "");
  const pooled = POOLED.has(modelType ?? "");
  const sizes = pooled ? pooledSizes(config, count) : patchedSizes(config, { count, dynamic });
  if (sizes === null) return null;
  const inPairs = dynamic !== undefined && dynamic.joined !== true;
  const patch = count("patch_size", "spatial_patch_size") ?? 0;
  return {
    hiddenSize,
    heads,
    patchPixels: COLOURS * patch * patch * (inPairs ? FRAMES : 1),
    headDim: countField(vision, "head_dim") ?? Math.floor(hiddenSize / heads),
    ...sizes,
    images: dynamic === undefined ? "batch" : dynamic.joined === true ? "joined" : "each",
    patchWidths: inPairs ? FLOAT32_WIDTHS : PLAIN_WIDTHS,
    fused: dynamic?.fused === true || pooled,
    whole: seesBothWays(config),
  };
}

type Count = (...names: readonly string[]) => number | undefined;
type Sizes = Pick<VisionTower, "patches" | "tokensPerImage">;

function patchedSizes(
  { root }: ModelConfig,
  { count, dynamic }: { readonly count: Count; readonly dynamic: DynamicTower | undefined },
): Sizes | null {
  const patch = count("patch_size", "spatial_patch_size");
  const side = dynamic === undefined ? count("image_size") : SIDE;
  if (patch === undefined || side === undefined || side < patch) return null;
  const patches = Math.floor(side / patch) ** 2;
  const square = count("spatial_merge_size") ?? dynamic?.merge ?? countField(root, "scale_factor");
  const stated = countField(root, "mm_tokens_per_image") ?? count("num_image_tokens");
  return { patches, tokensPerImage: stated ?? Math.ceil(patches / (square ?? 1) ** 2) };
}

function pooledSizes({ root }: ModelConfig, count: Count): Sizes {
  const tokens =
    countField(root, "vision_soft_tokens_per_image") ??
    count("default_output_length") ??
    POOLED_TOKENS;
  return {
    patches: tokens * (count("pooling_kernel_size") ?? POOLING) ** 2,
    tokensPerImage: tokens,
  };
}

/** Images attend both ways (Gemma 4, PaliGemma), which mlx-vlm does in one step (`chunked_prefill_policy`). */
function seesBothWays({ modelType, text }: ModelConfig): boolean {
  const said = text["use_bidirectional_attention"];
  if (modelType === "paligemma") return Boolean(said);
  return (
    (modelType === "gemma4" || modelType === "gemma4_unified") &&
    stringField(text, "use_bidirectional_attention") === "vision"
  );
}
