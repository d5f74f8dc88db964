import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSafetensors, type Tensor } from "./safetensors-writer.ts";
import {
  CHAT_TEMPLATE,
  SPECIAL_IDS,
  specialTokensMap,
  tokenizerConfig,
  tokenizerJson,
  VOCAB_SIZE,
} from "./tiny-tokenizer.ts";

const HIDDEN = 64;
const LAYERS = 2;
const HEADS = 4;
const KV_HEADS = 2;
const HEAD_DIM = HIDDEN / HEADS;
const INTERMEDIATE = 128;
const BITS = 4;
const GROUP = 32;

/** Which tiny model: another seed has other weights. */
export interface TinyModelOptions {
  /** Default 1. */
  readonly seed?: number;
}

/**
 * The files of a real model in MLX's layout, about 75 KB: a llama with 2 layers, 4-bit affine weights in two shards, a
 * byte tokenizer and a chat template. mlx-lm loads it and generates (nonsense) from it. The same bytes for the same seed.
 */
export function tinyModelFiles({ seed = 1 }: TinyModelOptions = {}): Record<
  string,
  string | Uint8Array
> {
  const tensors = Object.entries(weights(seed)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const middle = tensors.length / 2;
  const shards = [tensors.slice(0, middle), tensors.slice(middle)];
  const sizes = tensors.map(([, tensor]) => tensor.data.byteLength);
  const index = {
    metadata: { total_size: sizes.reduce((sum, size) => sum + size, 0) },
    weight_map: Object.fromEntries(
      shards.flatMap((shard, i) => shard.map(([name]) => [name, shardName(i)])),
    ),
  };
  return {
    ".gitattributes": "*.safetensors filter=lfs diff=lfs merge=lfs -text\n",
    "README.md": README,
    "chat_template.jinja": CHAT_TEMPLATE,
    "config.json": json(config()),
    "generation_config.json": json({
      bos_token_id: SPECIAL_IDS.bos,
      eos_token_id: [SPECIAL_IDS.eos, SPECIAL_IDS.imEnd],
    }),
    ...Object.fromEntries(
      shards.map((shard, i) => [shardName(i), writeSafetensors(Object.fromEntries(shard))]),
    ),
    "model.safetensors.index.json": json(index),
    "special_tokens_map.json": json(specialTokensMap()),
    "tokenizer.json": json(tokenizerJson()),
    "tokenizer_config.json": json(tokenizerConfig()),
  };
}

/** Writes {@link tinyModelFiles} into `dir`, which is made. */
export async function writeTinyModel(dir: string, options: TinyModelOptions = {}): Promise<void> {
  await mkdir(dir, { recursive: true });
  const files = Object.entries(tinyModelFiles(options));
  await Promise.all(files.map(([path, content]) => writeFile(join(dir, path), content)));
}

const shardName = (i: number): string => `model-0000${i + 1}-of-00002.safetensors`;

const README = `---
library_name: mlx
license: apache-2.0
pipeline_tag: text-generation
base_model: acme/base
tags:
- mlx
- 4-bit
---

# tiny

A model of no use but to be loaded.
`;

function config(): object {
  const quantization = { group_size: GROUP, bits: BITS, mode: "affine" };
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    hidden_size: HIDDEN,
    num_hidden_layers: LAYERS,
    intermediate_size: INTERMEDIATE,
    num_attention_heads: HEADS,
    num_key_value_heads: KV_HEADS,
    head_dim: HEAD_DIM,
    hidden_act: "silu",
    rms_norm_eps: 1e-5,
    rope_theta: 10000,
    max_position_embeddings: 2048,
    vocab_size: VOCAB_SIZE,
    tie_word_embeddings: true,
    bos_token_id: SPECIAL_IDS.bos,
    eos_token_id: SPECIAL_IDS.eos,
    pad_token_id: SPECIAL_IDS.pad,
    torch_dtype: "float16",
    quantization,
    quantization_config: quantization,
  };
}

function weights(seed: number): Record<string, Tensor> {
  const random = xorshift(seed);
  const tensors: Record<string, Tensor> = {};
  const addMatrix = (name: string, out: number, inputs: number): void => {
    const packed = Uint32Array.from({ length: (out * inputs * BITS) / 32 }, random);
    const groups = (out * inputs) / GROUP;
    // 0.01 to 0.02 a step, and an offset of 7.5 steps: weights lie around zero.
    const scales = Array.from({ length: groups }, () => 0.01 + (random() / 2 ** 32) * 0.01);
    const offsets = scales.map((scale) => -7.5 * scale);
    tensors[`${name}.weight`] = {
      dtype: "U32",
      shape: [out, (inputs * BITS) / 32],
      data: new Uint8Array(packed.buffer),
    };
    tensors[`${name}.scales`] = half(scales, [out, inputs / GROUP]);
    tensors[`${name}.biases`] = half(offsets, [out, inputs / GROUP]);
  };
  const addNorm = (name: string): void => {
    tensors[`${name}.weight`] = half(
      Array.from({ length: HIDDEN }, () => 1),
      [HIDDEN],
    );
  };
  addMatrix("model.embed_tokens", VOCAB_SIZE, HIDDEN);
  addNorm("model.norm");
  for (let layer = 0; layer < LAYERS; layer += 1) {
    const name = `model.layers.${layer}`;
    addMatrix(`${name}.self_attn.q_proj`, HEADS * HEAD_DIM, HIDDEN);
    addMatrix(`${name}.self_attn.k_proj`, KV_HEADS * HEAD_DIM, HIDDEN);
    addMatrix(`${name}.self_attn.v_proj`, KV_HEADS * HEAD_DIM, HIDDEN);
    addMatrix(`${name}.self_attn.o_proj`, HIDDEN, HEADS * HEAD_DIM);
    addMatrix(`${name}.mlp.gate_proj`, INTERMEDIATE, HIDDEN);
    addMatrix(`${name}.mlp.up_proj`, INTERMEDIATE, HIDDEN);
    addMatrix(`${name}.mlp.down_proj`, HIDDEN, INTERMEDIATE);
    addNorm(`${name}.input_layernorm`);
    addNorm(`${name}.post_attention_layernorm`);
  }
  return tensors;
}

/**
 * Values as IEEE half floats. All are of normal size. Subnormal, infinite and NaN values do not
 * occur.
 */
function half(values: readonly number[], shape: readonly number[]): Tensor {
  const float = new Float32Array(1);
  const bits = new Uint32Array(float.buffer);
  const words = Uint16Array.from(values, (value) => {
    float[0] = value;
    const word = bits[0] ?? 0;
    const exponent = ((word >>> 23) & 0xff) - 127 + 15;
    return ((word >>> 16) & 0x8000) | (exponent << 10) | ((word >>> 13) & 0x3ff);
  });
  return { dtype: "F16", shape, data: new Uint8Array(words.buffer) };
}

function xorshift(seed: number): () => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x85ebca6b) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state;
  };
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
