import { mkdir, open } from "node:fs/promises";
import { join } from "node:path";

/** A tensor of a header. */
interface HeaderTensor {
  readonly dtype: "U32" | "BF16";
  readonly shape: readonly number[];
}

/** A model too large to exist: its shards are holes behind real headers. */
export interface LargeModel {
  /** For `addRepo`. */
  readonly files: Readonly<Record<string, string | { readonly path: string }>>;
  /** For `addRepo`, so that nobody hashes the holes. */
  readonly declared: Readonly<Record<string, { readonly sha256: string }>>;
  readonly parameters: number;
  readonly weightsBytes: number;
  readonly shards: readonly string[];
}

const HIDDEN = 8192;
const LAYERS = 80;
const INTERMEDIATE = 28_672;
const VOCABULARY = 128_256;
const KV = 1024;
const BITS = 6;
const GROUP = 64;
// As mlx-lm cuts models.
const SHARD_BYTES = 5 * 2 ** 30;

/** Writes the shards of a llama of 70 billion parameters at 6 bits (57 GB that take no room) into `folder`. */
export async function writeLargeModel(folder: string): Promise<LargeModel> {
  await mkdir(folder, { recursive: true });
  const tensors = new Map<string, HeaderTensor>();
  let parameters = 0;
  const matrix = (name: string, out: number, inputs: number): void => {
    parameters += out * inputs;
    tensors.set(`${name}.weight`, { dtype: "U32", shape: [out, (inputs * BITS) / 32] });
    tensors.set(`${name}.scales`, { dtype: "BF16", shape: [out, inputs / GROUP] });
    tensors.set(`${name}.biases`, { dtype: "BF16", shape: [out, inputs / GROUP] });
  };
  const norm = (name: string): void => {
    parameters += HIDDEN;
    tensors.set(`${name}.weight`, { dtype: "BF16", shape: [HIDDEN] });
  };
  matrix("model.embed_tokens", VOCABULARY, HIDDEN);
  for (let layer = 0; layer < LAYERS; layer += 1) {
    const name = `model.layers.${layer}`;
    norm(`${name}.input_layernorm`);
    matrix(`${name}.mlp.down_proj`, HIDDEN, INTERMEDIATE);
    matrix(`${name}.mlp.gate_proj`, INTERMEDIATE, HIDDEN);
    matrix(`${name}.mlp.up_proj`, INTERMEDIATE, HIDDEN);
    norm(`${name}.post_attention_layernorm`);
    matrix(`${name}.self_attn.k_proj`, KV, HIDDEN);
    matrix(`${name}.self_attn.o_proj`, HIDDEN, HIDDEN);
    matrix(`${name}.self_attn.q_proj`, HIDDEN, HIDDEN);
    matrix(`${name}.self_attn.v_proj`, KV, HIDDEN);
  }
  norm("model.norm");
  matrix("lm_head", VOCABULARY, HIDDEN);

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
  const quantization = { group_size: GROUP, bits: BITS, mode: "affine" };
  const config = {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    hidden_size: HIDDEN,
    num_hidden_layers: LAYERS,
    intermediate_size: INTERMEDIATE,
    num_attention_heads: 64,
    num_key_value_heads: 8,
    head_dim: 128,
    max_position_embeddings: 131_072,
    rms_norm_eps: 1e-5,
    vocab_size: VOCABULARY,
    tie_word_embeddings: false,
    torch_dtype: "bfloat16",
    quantization,
    quantization_config: quantization,
  };
  const index = {
    metadata: { total_size: weightsBytes, total_parameters: parameters },
    weight_map: weightMap,
  };
  return {
    files: {
      "README.md": "---\nlibrary_name: mlx\nlicense: llama3.3\nbase_model: acme/base-70b\n---\n",
      "config.json": JSON.stringify(config, undefined, 4),
      "model.safetensors.index.json": JSON.stringify(index, undefined, 4),
      "tokenizer.json": "{}",
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
