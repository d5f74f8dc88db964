import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";
import { tokenizerJson } from "./tiny-tokenizer.ts";

/** A tensor of a header. */
interface HeaderTensor {
  readonly dtype: "U32" | "BF16";
  readonly shape: readonly number[];
}

/**
 * The shape of a hollow model. Defaults are those of a llama of 70 billion parameters at 6 bits.
 */
export interface HollowModelOptions {
  readonly modelType?: string;
  readonly hidden?: number;
  readonly layers?: number;
  readonly intermediate?: number;
  readonly heads?: number;
  readonly keyValueHeads?: number;
  readonly vocabulary?: number;
  readonly contextLength?: number;
  /** 16: not quantized. */
  readonly bits?: number;
  /** The model card. */
  readonly card?: string;
}

/** A model whose weights are not there: its shards are holes of the right size behind real headers. */
export interface HollowModel {
  /** For `addRepo`. */
  readonly files: Readonly<Record<string, string | { readonly path: string }>>;
  /** For `addRepo`, so that the holes are not hashed. */
  readonly declared: Readonly<Record<string, { readonly sha256: string }>>;
  readonly parameters: number;
  readonly weightsBytes: number;
  readonly shards: readonly string[];
}

const HEAD_DIM = 128;
const GROUP = 64;
// As mlx-lm cuts models.
const SHARD_BYTES = 5 * 2 ** 30;
const CARD = "---\nlibrary_name: mlx\npipeline_tag: text-generation\ntags:\n- mlx\n---\n";

/** Writes the shards of a model of any size, which take no room on disk, into `folder`. */
export async function writeHollowModel(
  folder: string,
  options: HollowModelOptions = {},
): Promise<HollowModel> {
  const {
    modelType = "llama",
    hidden = 8192,
    layers = 80,
    intermediate = 28_672,
    heads = 64,
    keyValueHeads = 8,
    vocabulary = 128_256,
    contextLength = 131_072,
    bits = 6,
    card = CARD,
  } = options;
  await mkdir(folder, { recursive: true });
  const tensors = new Map<string, HeaderTensor>();
  let parameters = 0;
  const matrix = (name: string, out: number, inputs: number): void => {
    parameters += out * inputs;
    if (bits >= 16) {
      tensors.set(`${name}.weight`, { dtype: "BF16", shape: [out, inputs] });
      return;
    }
    tensors.set(`${name}.weight`, { dtype: "U32", shape: [out, (inputs * bits) / 32] });
    tensors.set(`${name}.scales`, { dtype: "BF16", shape: [out, inputs / GROUP] });
    tensors.set(`${name}.biases`, { dtype: "BF16", shape: [out, inputs / GROUP] });
  };
  const norm = (name: string, width = hidden): void => {
    parameters += width;
    tensors.set(`${name}.weight`, { dtype: "BF16", shape: [width] });
  };
  matrix("model.embed_tokens", vocabulary, hidden);
  for (let layer = 0; layer < layers; layer += 1) {
    const name = `model.layers.${layer}`;
    norm(`${name}.input_layernorm`);
    matrix(`${name}.mlp.down_proj`, hidden, intermediate);
    matrix(`${name}.mlp.gate_proj`, intermediate, hidden);
    matrix(`${name}.mlp.up_proj`, intermediate, hidden);
    norm(`${name}.post_attention_layernorm`);
    if (modelType === "qwen3") {
      norm(`${name}.self_attn.k_norm`, HEAD_DIM);
      norm(`${name}.self_attn.q_norm`, HEAD_DIM);
    }
    matrix(`${name}.self_attn.k_proj`, keyValueHeads * HEAD_DIM, hidden);
    matrix(`${name}.self_attn.o_proj`, hidden, heads * HEAD_DIM);
    matrix(`${name}.self_attn.q_proj`, heads * HEAD_DIM, hidden);
    matrix(`${name}.self_attn.v_proj`, keyValueHeads * HEAD_DIM, hidden);
  }
  norm("model.norm");
  matrix("lm_head", vocabulary, hidden);

  const shards = cut(tensors);
  const names = shards.map(
    (_, at) => `model-${number(at + 1)}-of-${number(shards.length)}.safetensors`,
  );
  let weightsBytes = 0;
  const weightMap: Record<string, string> = {};
  for (const [at, shard] of shards.entries()) {
    const name = names[at] ?? "";
    for (const tensor of shard.keys()) weightMap[tensor] = name;
    weightsBytes += await writeShard(join(folder, name), shard);
  }
  const quantization = { group_size: GROUP, bits, mode: "affine" };
  const config = {
    architectures: ["LlamaForCausalLM"],
    model_type: modelType,
    hidden_size: hidden,
    num_hidden_layers: layers,
    intermediate_size: intermediate,
    num_attention_heads: heads,
    num_key_value_heads: keyValueHeads,
    head_dim: HEAD_DIM,
    max_position_embeddings: contextLength,
    rms_norm_eps: 1e-5,
    rope_theta: 1e6,
    vocab_size: vocabulary,
    tie_word_embeddings: false,
    torch_dtype: "bfloat16",
    ...(bits < 16 && { quantization, quantization_config: quantization }),
  };
  const index = {
    metadata: { total_size: weightsBytes, total_parameters: parameters },
    weight_map: weightMap,
  };
  return {
    files: {
      "README.md": card,
      "config.json": JSON.stringify(config, undefined, 4),
      "model.safetensors.index.json": JSON.stringify(index, undefined, 4),
      "tokenizer.json": JSON.stringify(tokenizerJson()),
      "tokenizer_config.json": JSON.stringify({ chat_template: "{{ messages }}" }),
      ...Object.fromEntries(names.map((name) => [name, { path: join(folder, name) }])),
    },
    declared: Object.fromEntries(
      names.map((name, at) => [name, { sha256: (at + 1).toString(16).padStart(64, "0") }]),
    ),
    parameters,
    weightsBytes,
    shards: names,
  };
}

const number = (value: number): string => String(value).padStart(5, "0");

const bytesOf = ({ dtype, shape }: HeaderTensor): number =>
  shape.reduce((product, side) => product * side, dtype === "U32" ? 4 : 2);

function cut(tensors: ReadonlyMap<string, HeaderTensor>): readonly Map<string, HeaderTensor>[] {
  const shards = [new Map<string, HeaderTensor>()];
  let size = 0;
  for (const [name, tensor] of tensors) {
    if (size + bytesOf(tensor) > SHARD_BYTES) {
      shards.push(new Map());
      size = 0;
    }
    size += bytesOf(tensor);
    shards.at(-1)?.set(name, tensor);
  }
  return shards;
}

async function writeShard(
  path: string,
  tensors: ReadonlyMap<string, HeaderTensor>,
): Promise<number> {
  let offset = 0;
  const header: Record<string, unknown> = { __metadata__: { format: "mlx" } };
  for (const [name, tensor] of tensors) {
    const end = offset + bytesOf(tensor);
    header[name] = { ...tensor, data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.byteLength));
  const handle = await open(path, "w");
  await handle.writeFile(Buffer.concat([length, json]));
  await handle.truncate(8 + json.byteLength + offset);
  await handle.close();
  return offset;
}
