import { describe, expect, test } from "vitest";
import { describeModel, fitModel, memoryNeed, type SafetensorsHeader } from "../src/index.ts";
import { smallConfig } from "./architectures.ts";

type Shapes = Readonly<Record<string, readonly [string, readonly number[]]>>;

const BITS: Readonly<Record<string, number>> = {
  U8: 8,
  F8_E4M3: 8,
  BF16: 16,
  F16: 16,
  U32: 32,
  F32: 32,
};

function header(shapes: Shapes): SafetensorsHeader {
  let end = 0;
  const tensors = Object.entries(shapes).map(([name, [dtype, shape]]) => {
    const bytes = (shape.reduce((product, size) => product * size, 1) * (BITS[dtype] ?? 0)) / 8;
    end += bytes;
    return [name, { dtype, shape, offset: end - bytes, bytes }] as const;
  });
  return {
    headerBytes: 8,
    tensorBytes: end,
    dataEnd: end,
    metadata: new Map(),
    tensors: new Map(tensors),
  };
}

const packed = (
  bits: number,
  group: number,
  [rows, columns]: readonly [number, number],
): Shapes => ({
  "a.weight": ["U32", [rows, (columns * bits) / 32]],
  "a.scales": ["BF16", [rows, columns / group]],
  "a.biases": ["BF16", [rows, columns / group]],
});

const config = (changes: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify(smallConfig("qwen3", changes));

const describeShapes = (shapes: Shapes, changes: Readonly<Record<string, unknown>> = {}) =>
  describeModel({
    config: config(changes),
    headers: new Map([["model.safetensors", header(shapes)]]),
  });

describe("quantization", () => {
  test.each([2, 3, 4, 5, 6, 8])("%i bits are read off the shapes", (bits) => {
    const description = describeShapes(packed(bits, 64, [8, 128]), {
      quantization: { bits, group_size: 64 },
    });
    expect(description.quantization).toEqual({
      mode: "affine",
      bits,
      groupSize: 64,
      bitsPerWeight: bits + 32 / 64,
      mixed: false,
    });
    expect(description.parameters).toBe(8 * 128);
    expect(description.evidence["quantization"]?.source).toBe("header");
  });

  test("a layer with bits of its own makes it mixed, and bits a weight tell how much", () => {
    const eight = packed(8, 64, [8, 128]);
    const shapes: Shapes = {
      ...packed(4, 64, [8, 128]),
      "b.weight": eight["a.weight"] ?? ["", []],
      "b.scales": eight["a.scales"] ?? ["", []],
      "b.biases": eight["a.biases"] ?? ["", []],
    };
    const quantization = { bits: 4, group_size: 64, b: { bits: 8, group_size: 64 } };
    expect(describeShapes(shapes, { quantization }).quantization).toMatchObject({
      bits: 4,
      bitsPerWeight: 6.5,
      mixed: true,
    });
  });

  test("a config that packs a layer otherwise than its shapes show is not believed", () => {
    const quantization = { bits: 4, group_size: 64, a: { bits: 8, group_size: 64 } };
    const { unsupportedQuantization } = describeShapes(packed(4, 64, [8, 128]), { quantization });
    expect(unsupportedQuantization).toContain("packs a otherwise");
  });

  test("packed weights without a word in the config are found out", () => {
    const { unsupportedQuantization, quantization } = describeShapes(packed(4, 64, [8, 128]));
    expect(unsupportedQuantization).toContain("names no quantization");
    expect(quantization).toMatchObject({ mode: "affine", bits: 4, groupSize: 64 });
  });

  test("an override without a mode is affine, whatever the others are", () => {
    const quantization = { bits: 4, group_size: 32, mode: "mxfp4", a: { bits: 4, group_size: 32 } };
    expect(describeModel({ config: config({ quantization }) }).quantization?.mixed).toBe(true);
    const left = { bits: 4, group_size: 32, mode: "mxfp4", a: false };
    expect(describeModel({ config: config({ quantization: left }) }).quantization?.mixed).toBe(
      false,
    );
  });

  test("fp8 weights take twice their size in memory", () => {
    const description = describeShapes(
      { "a.weight": ["F8_E4M3", [8, 8]], "a.weight_scale_inv": ["F32", [1, 1]] },
      { quantization_config: { quant_method: "fp8", weight_block_size: [128, 128] } },
    );
    expect(description.weightsBytes).toBe(68);
    expect(description.residentBytes).toBe(132);
    expect(description.parameters).toBe(64);
  });

  test("experts packed in blocks of bytes count two weights a byte", () => {
    const description = describeShapes(
      { "mlp.experts.a_blocks": ["U8", [2, 4, 16]], "mlp.experts.a_scales": ["U8", [2, 4]] },
      { quantization_config: { quant_method: "mxfp4" } },
    );
    expect(description.parameters).toBe(2 * 4 * 16 * 2);
  });
});

describe("sizes", () => {
  test("come from the index where headers are missing, and from the files where that is stale", () => {
    const index = (total_size: number) =>
      JSON.stringify({ metadata: { total_size, total_parameters: 500 }, weight_map: {} });
    const files = [{ path: "model.safetensors", size: 1_000_000 }];
    const good = describeModel({ config: config(), files, index: index(999_000) });
    expect(good).toMatchObject({ weightsBytes: 999_000, parameters: 500, problems: [] });
    expect(good.evidence["weightsBytes"]?.source).toBe("index");
    const stale = describeModel({ config: config(), files, index: index(4_000_000) });
    expect(stale.weightsBytes).toBe(1_000_000);
    expect(stale.problems).toHaveLength(1);
  });

  test("of which nobody counted the parameters are guessed, and said to be", () => {
    const quantization = { bits: 4, group_size: 64 };
    const description = describeModel({
      config: config({ quantization }),
      files: [{ path: "model.safetensors", size: 4_500 }],
    });
    expect(description.parameters).toBe(8_000);
    expect(description.evidence["parameters"]?.guessed).toBe(true);
  });

  test("a header that is the first of many proves the packing, not the size", () => {
    const description = describeModel({
      config: config({ quantization: { bits: 4, group_size: 64 } }),
      files: ["model-1.safetensors", "model-2.safetensors"].map((path) => ({ path, size: 50_000 })),
      index: JSON.stringify({ metadata: { total_size: 99_000 } }),
      headers: new Map([["model-1.safetensors", header(packed(4, 64, [8, 128]))]]),
    });
    expect(description.weightsBytes).toBe(99_000);
    expect(description.evidence["quantization"]?.source).toBe("header");
  });
});

test.each<[Readonly<Record<string, unknown>>, number]>([
  [{ max_position_embeddings: 40_960 }, 40_960],
  [
    {
      max_position_embeddings: 32_768,
      rope_scaling: { type: "yarn", factor: 4, original_max_position_embeddings: 32_768 },
    },
    131_072,
  ],
  [
    {
      max_position_embeddings: 131_072,
      rope_scaling: { rope_type: "llama3", factor: 8, original_max_position_embeddings: 8192 },
    },
    131_072,
  ],
  [{ max_position_embeddings: 16_384, rope_scaling: { type: "linear", factor: 4 } }, 16_384],
])("the context length of %j is %i", (changes, tokens) => {
  expect(describeModel({ config: config(changes) }).contextLength).toBe(tokens);
});

test("keys of a float16 model take four bytes when its embeddings are packed as mxfp4", () => {
  const mxfp4 = { mode: "mxfp4", bits: 4, group_size: 32 };
  const dtypeOf = (changes: Readonly<Record<string, unknown>>) =>
    describeModel({ config: config(changes) }).dtype;
  expect(dtypeOf({ torch_dtype: "float16", quantization: mxfp4 })).toBe("float32");
  expect(dtypeOf({ torch_dtype: "bfloat16", quantization: mxfp4 })).toBe("bfloat16");
  expect(dtypeOf({ torch_dtype: "float16", quantization: { bits: 4, group_size: 32 } })).toBe(
    "float16",
  );
  const plain = { ...mxfp4, "model.embed_tokens": false };
  expect(dtypeOf({ torch_dtype: "float16", quantization: plain })).toBe("float16");
});

test("non-finite numbers, as Python writes them, are read", () => {
  const text =
    '{"model_type": "llama", "hidden_size": 8, "x": [NaN, -Infinity], "y": "NaN \\" Infinity"}';
  expect(describeModel({ config: text }).hiddenSize).toBe(8);
});

test("licence, base model, roles and template come with their evidence", () => {
  const description = describeModel({
    config: config({ architectures: ["Qwen3ForCausalLM"] }),
    files: [{ path: "tokenizer.json" }, { path: "model.safetensors", size: 1 }],
    card: "---\nlicense: apache-2.0\nbase_model:\n- Qwen/Qwen3-8B\ntags:\n- mlx\n---\n# Card",
    tokenizerConfig: JSON.stringify({ chat_template: "{% if tools %}<think>{% endif %}" }),
    hub: { tags: ["base_model:other/one", "license:mit"] },
  });
  expect(description).toMatchObject({
    license: "apache-2.0",
    baseModels: ["Qwen/Qwen3-8B"],
    tokenizer: true,
    chatTemplate: true,
    roles: ["chat", "tools", "reasoning"],
  });
  expect(description.evidence["license"]).toEqual({
    source: "card",
    detail: "README.md: license",
    guessed: false,
  });
});

test("every value that is known names its evidence", () => {
  const description = describeModel({
    config: config({
      architectures: ["Qwen3ForCausalLM"],
      quantization: { bits: 4, group_size: 64 },
      rope_scaling: { rope_type: "yarn", factor: 2, original_max_position_embeddings: 4096 },
      auto_map: { AutoModel: "model.Model" },
    }),
    files: [{ path: "tokenizer.json" }, { path: "model.safetensors", size: 1000 }],
    card: "---\nlicense: mit\nbase_model: a/b\n---\n",
    tokenizerConfig: JSON.stringify({ chat_template: "x" }),
  });
  const silent = [
    "storedElements",
    "residentBytes",
    "missingSettings",
    "missingShards",
    "tensors",
    "embedderTensors",
    "vision",
    "processor",
    "problems",
    "evidence",
  ];
  const named = Object.entries(description)
    .filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0))
    .map(([name]) => name)
    .filter((name) => !silent.includes(name));
  expect(Object.keys(description.evidence).toSorted()).toEqual(named.toSorted());
});

test("what the Hub says counts where the card is not at hand", () => {
  const { license, baseModels } = describeModel({
    config: config(),
    hub: { tags: ["license:mit", "base_model:a/b", "base_model:quantized:a/b"] },
  });
  expect({ license, baseModels }).toEqual({ license: "mit", baseModels: ["a/b"] });
});

test("the longest context that fits fits, and the next one does not", () => {
  const description = describeModel({
    config: config({ max_position_embeddings: 100_000 }),
    files: [{ path: "model.safetensors", size: 1_000_000 }],
  });
  const limit = 500_000_000;
  const { maxContextLength } = fitModel(description, limit, { contextLength: 4096 });
  expect(maxContextLength).toBeGreaterThan(0);
  const need = (contextLength: number) => fitModel(description, limit, { contextLength }).verdict;
  expect(need(maxContextLength ?? 0)).toBe("yes");
  expect(need((maxContextLength ?? 0) + 1)).not.toBe("yes");
});

test("what NVIDIA's tool says in a file of its own is read as mlx-lm reads it", () => {
  const described = (hfQuantConfig: string) => describeModel({ config: config(), hfQuantConfig });
  const file = { quant_method: "modelopt", quantization: { quant_algo: "NVFP4", group_size: 16 } };
  expect(described(JSON.stringify(file))).toMatchObject({
    quantization: { mode: "nvfp4", bits: 4, groupSize: 16 },
    unsupportedQuantization: expect.stringContaining("modelopt"),
  });
  // mlx-lm looks for a method and ends with an error where there is none.
  const { unsupportedQuantization } = described(
    JSON.stringify({ quantization: file.quantization }),
  );
  expect(unsupportedQuantization).toContain("names no quant_method");
});

test("where quantized keys and values would fail, the longest context stays below their start", () => {
  const description = describeModel({
    config: JSON.stringify(smallConfig("gemma3_text", { max_position_embeddings: 100_000 })),
    files: [{ path: "model.safetensors", size: 1000 }],
  });
  const options = { contextLength: 1000, kvBits: 8, kvGroupSize: 32 };
  expect(fitModel(description, 64e9, options).maxContextLength).toBe(4999);
  expect(fitModel(description, 64e9, { contextLength: 1000 }).maxContextLength).toBe(100_000);
});

test.each([Number.NaN, -1, Infinity])("a limit of %d bytes is refused", (limit) => {
  const description = describeModel({ config: config() });
  expect(() => fitModel(description, limit, { contextLength: 10 })).toThrow(
    expect.objectContaining({ code: "fit/invalid-option" }),
  );
});

test.each([
  { contextLength: 0 },
  { contextLength: 1.5 },
  { contextLength: 10, batch: 0 },
  { contextLength: 10, kvBits: 7 },
  { contextLength: 10, kvBits: 8, kvGroupSize: 16 },
  { contextLength: 10, prefillStepSize: 1 },
])("options that cannot be meant are refused: %j", (options) => {
  expect(() => memoryNeed(describeModel({ config: config() }), options)).toThrow(
    expect.objectContaining({ code: "fit/invalid-option" }),
  );
});

test("what is not known is unknown, not zero", () => {
  const description = describeModel({ config: '{"model_type": "brand_new", "hidden_size": 8}' });
  expect(fitModel(description, 1e9, { contextLength: 100 })).toMatchObject({
    kvBytes: null,
    totalBytes: null,
    verdict: "unknown",
    maxContextLength: null,
  });
  expect(description.cacheUnknown).toBe("mlx-lm has no module for it");
});

test("the tensors give the label where the config has another one, and the difference is told", () => {
  const described = (bits: number) =>
    describeModel({
      config: JSON.stringify({ model_type: "llama", quantization: { bits: 4, group_size: 64 } }),
      files: [{ path: "model.safetensors" }],
      headers: new Map([["model.safetensors", header(packed(bits, 64, [64, 128]))]]),
    });
  expect(described(4).quantization).toMatchObject({ bits: 4, groupSize: 64 });
  expect(described(4).problems).toEqual([]);
  expect(described(8).quantization).toMatchObject({ bits: 8, groupSize: 64 });
  expect(described(8).problems).toContain(
    "config.json says 4 bits (affine), and the tensors have 8 (affine)",
  );
});
