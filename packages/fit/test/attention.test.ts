import { describe, expect, test } from "vitest";
import { describeModel, fitModel, memoryNeed, type ModelDescription } from "../src/index.ts";
import { smallConfig } from "./architectures.ts";

const described = (
  module: string,
  changes: Readonly<Record<string, unknown>>,
): ModelDescription => {
  const config = { ...smallConfig(module, changes), torch_dtype: "bfloat16" };
  return { ...describeModel({ config: JSON.stringify(config) }), residentBytes: 1_000_000_000 };
};

const wide = described("llama", {
  num_attention_heads: 16,
  num_key_value_heads: 2,
  head_dim: 256,
  layer_types: undefined,
});
const M4 = { chip: "Apple M4 Max", macOS: "26.4" };
const M5 = { chip: "Apple M5 Max", macOS: "26.4" };
const TOKENS = 100_000;
const MATRIX = 16 * 2048 * TOKENS * 2;

const scores = (
  description: ModelDescription,
  options: Partial<Parameters<typeof memoryNeed>[1]> = {},
): number | null =>
  memoryNeed(description, { contextLength: TOKENS, machine: M4, ...options }).attentionBytes;

describe("scores of a prompt", () => {
  test("take no memory at widths that MLX fuses", () => {
    for (const head_dim of [64, 80, 128]) {
      const changes = { num_attention_heads: 16, head_dim, layer_types: undefined };
      expect(scores(described("llama", changes))).toBe(0);
    }
  });

  test("are a matrix of heads, step and context at others", () => {
    expect(scores(wide)).toBe(MATRIX);
    expect(scores(wide, { batch: 3 })).toBe(3 * MATRIX);
    expect(scores(wide, { prefillStepSize: 512 })).toBe(MATRIX / 4);
    expect(scores(wide, { contextLength: 1000 })).toBe(16 * 999 * 1000 * 2);
  });

  test("are fused for width 256 on an M5 from MLX 0.32.2 on, but for a last short step", () => {
    const short = 16 * 1023 * TOKENS * 2;
    expect(scores(wide, { machine: M5 })).toBe(short);
    expect(scores(wide, { machine: M5, mlxVersion: "0.32.1" })).toBe(MATRIX);
    expect(scores(wide, { machine: { ...M5, macOS: "26.1" } })).toBe(MATRIX);
    const need = memoryNeed(wide, { contextLength: TOKENS, machine: M5 });
    expect((need.totalBytes ?? 0) - (need.lowTotalBytes ?? 0)).toBe(short);
  });

  test("are fused for width 96 from MLX 0.32.2 on, and for no width unlike that of the values", () => {
    const narrow = described("llama", {
      num_attention_heads: 16,
      head_dim: 96,
      layer_types: undefined,
    });
    expect(scores(narrow)).toBe(0);
    expect(scores(narrow, { mlxVersion: "0.32.1" })).toBe(MATRIX);
  });

  test("make a range where chip or MLX are not known", () => {
    for (const options of [{ machine: undefined }, { mlxVersion: "9.0.0" }]) {
      const need = memoryNeed(wide, { contextLength: TOKENS, machine: M4, ...options });
      expect((need.totalBytes ?? 0) - (need.lowTotalBytes ?? 0)).toBe(MATRIX);
    }
    expect(scores(described("llama", { head_dim: 128 }), { mlxVersion: "9.0.0" })).toBe(0);
  });

  test("are built by mlx-lm where keys and values are quantized", () => {
    const fused = described("llama", {
      num_attention_heads: 16,
      num_key_value_heads: 2,
      head_dim: 128,
      layer_types: undefined,
    });
    expect(scores(fused, { kvBits: 8 })).toBe(MATRIX);
    expect(scores(fused, { kvBits: 8, contextLength: 4000 })).toBe(0);
  });

  test("of latent attention are two matrices, and unpacked keys and values", () => {
    const latent = described("deepseek_v3", {
      num_attention_heads: 16,
      qk_nope_head_dim: 128,
      v_head_dim: 128,
    });
    expect(scores(latent)).toBe(2 * MATRIX + 16 * (128 + 128) * 2 * TOKENS);
  });
});

describe("scores of single modules", () => {
  const rows = 2048;

  test("of MiniMax M3 are a mask for every query head, and one matrix of the index", () => {
    const config = smallConfig("minimax_m3_vl");
    const text = {
      ...(config["text_config"] as Readonly<Record<string, unknown>>),
      num_attention_heads: 64,
      num_key_value_heads: 4,
      head_dim: 128,
      sparse_attention_config: {
        sparse_num_index_heads: 4,
        sparse_index_dim: 128,
        sparse_block_size: 128,
        sparse_topk_blocks: 16,
        sparse_attention_freq: [0, 1, 1, 1],
      },
    };
    const m3 = described("minimax_m3_vl", { text_config: text });
    expect(scores(m3)).toBe((64 + 4 + 1) * rows * TOKENS);
  });

  test("of StableLM copy keys and values to float32 where nothing else is needed", () => {
    const changes = { hidden_size: 320, num_attention_heads: 4, num_key_value_heads: 4 };
    expect(scores(described("stablelm", changes))).toBe(4 * (80 + 80) * 4 * TOKENS);
  });

  test("take the heads that the layers of their kind have", () => {
    const laguna = described("laguna", {
      head_dim: 192,
      num_attention_heads_per_layer: [4, 2, 4, 2],
    });
    expect(scores(laguna)).toBe(2 * rows * TOKENS * 2);
    const openelm = described("openelm", {
      head_dim: 192,
      num_attention_heads: undefined,
      num_query_heads: [4, 8, 6],
    });
    expect(scores(openelm)).toBe(8 * rows * TOKENS * 2);
  });
});

test("the longest context that fits obeys the scores", () => {
  const limit = 6_000_000_000;
  const options = { contextLength: 8192, machine: M4 };
  const { maxContextLength } = fitModel({ ...wide, contextLength: 262_144 }, limit, options);
  const total = (contextLength: number): number =>
    memoryNeed(wide, { ...options, contextLength }).totalBytes ?? 0;
  expect(total(maxContextLength ?? 0)).toBeLessThanOrEqual(0.9 * limit);
  expect(total((maxContextLength ?? 0) + 1)).toBeGreaterThan(0.9 * limit);
  const without = fitModel(
    { ...wide, contextLength: 262_144, scoreMatrices: [] },
    limit,
    options,
  ).maxContextLength;
  expect(without).toBeGreaterThan(maxContextLength ?? 0);
});

test("a range that holds the limit is tight, one above it does not fit", () => {
  const fit = (limit: number) =>
    fitModel(wide, limit, { contextLength: TOKENS, machine: undefined }).verdict;
  const need = memoryNeed(wide, { contextLength: TOKENS, machine: undefined });
  expect(fit((need.lowTotalBytes ?? 0) + 1)).toBe("tight");
  expect(fit((need.lowTotalBytes ?? 0) - 1)).toBe("no");
  expect(fit((need.totalBytes ?? 0) * 2)).toBe("yes");
});

test("kept prompts, a draft model and an adapter are counted", () => {
  const plain = memoryNeed(wide, { contextLength: TOKENS });
  const more = (options: Partial<Parameters<typeof memoryNeed>[1]>): number =>
    (memoryNeed(wide, { contextLength: TOKENS, ...options }).totalBytes ?? 0) -
    (plain.totalBytes ?? 0);
  expect(more({ keptPrompts: 4 })).toBe(4 * (plain.kvBytes ?? 0));
  expect(more({ adapterBytes: 1234 })).toBe(1234);
  expect(more({ draft: wide })).toBe((plain.weightsBytes ?? 0) + (plain.kvPeakBytes ?? 0));
});

test("a tower that sees needs its scores and activations, per image where all have one size", () => {
  const text = smallConfig("qwen3");
  const of = (config: Readonly<Record<string, unknown>>, images: number) => {
    const description = describeModel({
      config: JSON.stringify(config),
      files: [{ path: "model.safetensors", size: 1_000_000 }],
    });
    const need = memoryNeed(description, { contextLength: 100, images });
    expect(need.imageTokens).toBe(images * (description.vision?.tokensPerImage ?? 0));
    return { vision: description.vision, bytes: need.activationBytes ?? 0 };
  };
  const qwen = {
    model_type: "qwen3_vl",
    text_config: text,
    vision_config: { hidden_size: 1152, num_heads: 16, patch_size: 16, spatial_merge_size: 2 },
  };
  // 64 × 64 patches, four of them a token.
  expect(of(qwen, 1).vision).toMatchObject({ patches: 4096, tokensPerImage: 1024, headDim: 72 });
  expect(of(qwen, 1).bytes).toBeGreaterThan(of(qwen, 0).bytes);
  // All patches are held at once. Its heads are padded, so that no scores are.
  const [none, one, four] = [of(qwen, 0), of(qwen, 1), of(qwen, 4)];
  expect(four.vision).toMatchObject({ images: "each", fused: true, whole: false });
  expect(four.bytes - one.bytes).toBe(3 * 4096 * (1152 * 23 * 2 + 2 * 3 * 16 * 16 * 6));
  expect(one.bytes).toBeGreaterThan(none.bytes);
  const gemma = {
    model_type: "gemma3",
    mm_tokens_per_image: 256,
    text_config: smallConfig("gemma3_text"),
    vision_config: { hidden_size: 1152, num_attention_heads: 16, patch_size: 14, image_size: 896 },
  };
  expect(of(gemma, 1).vision).toMatchObject({
    patches: 4096,
    tokensPerImage: 256,
    images: "batch",
  });
  const perImage = 4096 * (1152 * 10 * 2 + 3 * 14 * 14 * 6);
  expect(of(gemma, 4).bytes - of(gemma, 1).bytes).toBe(3 * perImage);
  // Pixtral attends over all images at once, with a mask: four images take sixteen times the scores.
  const pixtral = {
    model_type: "pixtral",
    text_config: text,
    vision_config: { hidden_size: 1280, num_attention_heads: 16, head_dim: 80, patch_size: 16 },
  };
  expect(of(pixtral, 4).bytes - of(pixtral, 1).bytes).toBeGreaterThan(15 * 4096 * 4096 * 6);
  expect(of({ ...text, model_type: "qwen3" }, 3).vision).toBeNull();
});

test("a prompt whose images attend both ways is one step, with the logits of every token", () => {
  const text = { ...smallConfig("gemma4_text"), num_attention_heads: 8, global_head_dim: 512 };
  const gemma = (use_bidirectional_attention: string | null): ModelDescription =>
    describeModel({
      config: JSON.stringify({
        model_type: "gemma4",
        torch_dtype: "bfloat16",
        text_config: { ...text, vocab_size: 262_144, use_bidirectional_attention },
        vision_config: { hidden_size: 1152, num_attention_heads: 16, patch_size: 16 },
      }),
    });
  const bytes = (description: ModelDescription, images: number): number =>
    memoryNeed(description, { contextLength: 20_000, images, machine: M4 }).activationBytes ?? 0;
  const [causal, both] = [gemma(null), gemma("vision")];
  expect(both.vision).toMatchObject({
    patches: 2520,
    tokensPerImage: 280,
    whole: true,
    fused: true,
  });
  expect(bytes(both, 0)).toBe(bytes(causal, 0));
  expect(bytes(both, 1) - bytes(causal, 1)).toBeGreaterThan(20_000 * 262_144 * 2);
});
