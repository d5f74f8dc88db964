import { expect, test } from "vitest";
import { describeModel, memoryNeed } from "../src/index.ts";

const base = { num_attention_heads: 32, intermediate_size: 1, vocab_size: 1, rms_norm_eps: 1e-6 };

// Shapes of published models; the bytes are those that mlx-lm's caches take after 32 768 tokens in bfloat16.
test.each<[string, Readonly<Record<string, unknown>>, number]>([
  [
    "Llama-3.1-8B",
    { model_type: "llama", hidden_size: 4096, num_hidden_layers: 32, num_key_value_heads: 8 },
    4_294_967_296,
  ],
  [
    "Qwen3-8B",
    {
      model_type: "qwen3",
      hidden_size: 4096,
      num_hidden_layers: 36,
      num_key_value_heads: 8,
      head_dim: 128,
    },
    4_831_838_208,
  ],
  [
    "Qwen3-30B-A3B",
    {
      model_type: "qwen3_moe",
      hidden_size: 2048,
      num_hidden_layers: 48,
      num_key_value_heads: 4,
      head_dim: 128,
    },
    3_221_225_472,
  ],
  [
    "Llama-3.3-70B",
    {
      model_type: "llama",
      hidden_size: 8192,
      num_hidden_layers: 80,
      num_attention_heads: 64,
      num_key_value_heads: 8,
    },
    10_737_418_240,
  ],
  [
    "gpt-oss-20b",
    {
      model_type: "gpt_oss",
      hidden_size: 2880,
      num_hidden_layers: 24,
      num_attention_heads: 64,
      num_key_value_heads: 8,
      head_dim: 64,
      sliding_window: 128,
    },
    808_452_096,
  ],
  [
    "Gemma-3-27B",
    {
      model_type: "gemma3",
      text_config: {
        model_type: "gemma3_text",
        hidden_size: 5376,
        num_hidden_layers: 62,
        num_key_value_heads: 16,
        head_dim: 128,
        sliding_window: 1024,
      },
    },
    3_120_562_176,
  ],
  [
    "DeepSeek-V3",
    {
      model_type: "deepseek_v3",
      hidden_size: 7168,
      num_hidden_layers: 61,
      num_attention_heads: 128,
      num_key_value_heads: 128,
      kv_lora_rank: 512,
      qk_rope_head_dim: 64,
    },
    2_302_672_896,
  ],
  [
    "DeepSeek-V2-Lite",
    {
      model_type: "deepseek_v2",
      hidden_size: 2048,
      num_hidden_layers: 27,
      num_attention_heads: 16,
      qk_nope_head_dim: 128,
      qk_rope_head_dim: 64,
      v_head_dim: 128,
      kv_lora_rank: 512,
    },
    9_059_696_640,
  ],
  [
    "Qwen3-Next-80B",
    {
      model_type: "qwen3_next",
      hidden_size: 2048,
      num_hidden_layers: 48,
      num_attention_heads: 16,
      num_key_value_heads: 2,
      head_dim: 256,
      linear_num_value_heads: 32,
      linear_num_key_heads: 16,
      linear_key_head_dim: 128,
      linear_value_head_dim: 128,
      linear_conv_kernel_dim: 4,
    },
    // 12 full layers, and 36 states: 3 rows of 8192 in two bytes, 32 matrices of 128 × 128 in four.
    805_306_368 + 36 * (3 * 8192 * 2 + 32 * 128 * 128 * 4),
  ],
])("%s keeps exactly what mlx-lm keeps for 32 768 tokens", (_, config, bytes) => {
  const description = describeModel({ config: JSON.stringify({ ...base, ...config }) });
  expect(memoryNeed(description, { contextLength: 32_768 }).kvBytes).toBe(bytes);
});

test("the peak of a window is that of the step that fills it", () => {
  const description = describeModel({
    config: JSON.stringify({
      ...base,
      model_type: "gpt_oss",
      hidden_size: 64,
      num_hidden_layers: 2,
      num_key_value_heads: 1,
      head_dim: 64,
      sliding_window: 128,
      torch_dtype: "float16",
    }),
  });
  const row = 2 * 64 * 2;
  const need = memoryNeed(description, { contextLength: 300 });
  expect(need.kvBytes).toBe(row * (512 + 128));
  expect(need.kvPeakBytes).toBe(row * (512 + 299));
});
