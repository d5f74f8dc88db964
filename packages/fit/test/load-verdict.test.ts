import { describe, expect, test } from "vitest";
import {
  describeModel,
  loadVerdict,
  MLX_LM_TABLE,
  type MlxLmSupport,
  type ModelFiles,
} from "../src/index.ts";
import { architectures, smallConfig } from "./architectures.ts";

const sound: ModelFiles = {
  config: JSON.stringify(smallConfig("llama")),
  files: [
    { path: "config.json" },
    { path: "model.safetensors", size: 100 },
    { path: "tokenizer.json" },
    { path: "tokenizer_config.json" },
  ],
  tokenizerConfig: JSON.stringify({ chat_template: "{{ messages }}" }),
};

const judge = (changes: Partial<ModelFiles>) =>
  loadVerdict(describeModel({ ...sound, ...changes }));

const withConfig = (changes: Readonly<Record<string, unknown>>) =>
  judge({ config: JSON.stringify(smallConfig("llama", changes)) });

const codes = (verdict: ReturnType<typeof judge>, blocks: boolean) =>
  verdict.reasons.filter((reason) => reason.blocks === blocks).map(({ code }) => code);

test("a sound model loads, and the reason names the release and the module", () => {
  expect(judge({})).toEqual({
    verdict: "yes",
    reasons: [
      {
        code: "known-architecture",
        message: `mlx-lm ${MLX_LM_TABLE.mlxLmVersion} runs llama with its module llama`,
        blocks: false,
      },
    ],
    program: "mlx-lm",
    programs: [
      {
        program: "mlx-lm",
        version: "0.32.2",
        verdict: "yes",
        runs: "all",
        message: "mlx-lm 0.32.2 loads it",
      },
      expect.objectContaining({ program: "mlx-vlm", verdict: "yes", runs: "all" }),
    ],
    by: { mlxLmVersion: "0.32.2", mlxVersion: "0.32.2", python: null },
  });
});

const python = "/venv/bin/python";
const installedJudge = (
  config: Readonly<Record<string, unknown>>,
  support: Partial<MlxLmSupport>,
) => {
  const whole = { ...MLX_LM_TABLE, python, ...support };
  return loadVerdict(
    describeModel({ ...sound, config: JSON.stringify(config) }, { support: whole }),
    whole,
  );
};

test("the installed mlx-lm decides where it was asked, and the verdict says so", () => {
  const support = { mlxLmVersion: "0.99.0", mlxVersion: "0.98.0", modules: ["brand_new"] };
  const known = installedJudge({ model_type: "brand_new" }, support);
  expect(known).toMatchObject({
    verdict: "yes",
    by: { mlxLmVersion: "0.99.0", mlxVersion: "0.98.0", python },
  });
  expect(codes(installedJudge(smallConfig("llama"), support), true)).toEqual([
    "unknown-architecture",
  ]);
});

test("what a module wants is certain only of the release that is known", () => {
  const config = smallConfig("llama", { hidden_size: undefined });
  expect(installedJudge(config, {}).verdict).toBe("no");
  const other = installedJudge(config, { mlxLmVersion: "0.99.0" });
  expect([other.verdict, codes(other, false)]).toEqual([
    "unknown",
    expect.arrayContaining(["missing-settings"]),
  ]);
});

test("a mode that the installed MLX refuses blocks; one that it takes does not, whatever its version", () => {
  const config = smallConfig("llama", { quantization: { mode: "mxfp8", bits: 8, group_size: 32 } });
  const old = installedJudge(config, { quantizationModes: ["affine", "mxfp4"] });
  expect([old.verdict, codes(old, true)]).toEqual(["no", ["needs-newer-mlx"]]);
  const own = { quantizationModes: ["affine", "mxfp8"], mlxVersion: "0.1.0" };
  expect(codes(installedJudge(config, own), false)).not.toContain("needs-newer-mlx");
});

test("packed experts that the installed pair cannot multiply are a note, and only theirs", () => {
  const quantization = { bits: 4, group_size: 64 };
  const mixture = smallConfig("qwen3_moe", { quantization });
  const noted = (config: Readonly<Record<string, unknown>>, packedExperts?: boolean) =>
    codes(
      installedJudge(config, packedExperts === undefined ? {} : { packedExperts }),
      false,
    ).includes("experts-fail");
  expect(noted(mixture, false)).toBe(true);
  expect(installedJudge(mixture, { packedExperts: false }).verdict).toBe("yes");
  expect([noted(mixture, true), noted(mixture)]).toEqual([false, false]);
  expect(noted(smallConfig("qwen3_moe"), false)).toBe(false);
  const none = Object.fromEntries(
    ["num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts"].map((key) => [
      key,
      undefined,
    ]),
  );
  expect(noted(smallConfig("llama", { quantization, ...none }), false)).toBe(false);
});

test("model types are renamed as mlx-lm renames them", () => {
  const modules = ["mistral", "kimi_k2", "qwen2_5_vl", "falcon_mamba"].map(
    (modelType) => describeModel({ config: JSON.stringify({ model_type: modelType }) }).module,
  );
  expect(modules).toEqual(["llama", "deepseek_v3", "qwen2_vl", "mamba"]);
  const byArchitecture = describeModel({
    config: JSON.stringify({
      model_type: "bailing_hybrid",
      architectures: ["BailingMoeV3ForCausalLM"],
    }),
  });
  expect(byArchitecture.module).toBe("bailing_moe_v3");
});

test.each<[string, Readonly<Record<string, unknown>>, string]>([
  ["an architecture mlx-lm does not have", { model_type: "brand_new" }, "unknown-architecture"],
  ["no model_type", { model_type: undefined }, "no-model-type"],
  ["a name of Object.prototype", { model_type: "constructor" }, "unknown-architecture"],
  ["a setting the module wants", { hidden_size: undefined }, "missing-settings"],
  ["a quantization without bits", { quantization: { group_size: 64 } }, "unsupported-quantization"],
  ["a whole number that is none", { num_hidden_layers: "4" }, "bad-settings"],
  ["a rope scaling of another kind", { rope_scaling: { type: "spiral" } }, "bad-settings"],
  ["a null that Python trips over", { hidden_size: null }, "bad-settings"],
  [
    "4-bit gptq",
    { quantization_config: { quant_method: "gptq", bits: 4 } },
    "unsupported-quantization",
  ],
  [
    "8-bit awq",
    { quantization_config: { quant_method: "awq", bits: 8 } },
    "unsupported-quantization",
  ],
  [
    "what compressed-tensors packs",
    { quantization_config: { quant_method: "compressed-tensors", format: "pack-quantized" } },
    "unsupported-quantization",
  ],
  [
    "what modelopt packs",
    { quantization_config: { quant_method: "modelopt", quant_algo: "NVFP4" } },
    "unsupported-quantization",
  ],
  [
    "fp8 that its module does not unpack",
    { quantization_config: { quant_method: "fp8", weight_block_size: [128, 128] } },
    "unsupported-quantization",
  ],
  [
    "an FP8 format of compressed-tensors",
    { quantization_config: { quant_method: "compressed-tensors", format: "float-quantized" } },
    "unsupported-quantization",
  ],
  ["a package of its own", { model_type: "olmo" }, "needs-package"],
  ["code of the repo", { model_file: "model.py" }, "remote-code"],
])("%s keeps it from loading", (_, changes, code) => {
  const verdict = withConfig(changes);
  expect(verdict.verdict).toBe("no");
  expect(codes(verdict, true)).toEqual([code]);
});

test.each([
  { mode: "nf4", bits: 4, group_size: 64 },
  { bits: 7, group_size: 64 },
])("a label that MLX has no packing for leaves a doubt until tensors are seen: %j", (label) => {
  const verdict = withConfig({ quantization: label });
  expect(verdict.verdict).toBe("unknown");
  expect(codes(verdict, false)).toContain("doubtful-quantization");
});

test("a tokenizer that is cut, or made by code that is not there, keeps it from loading", () => {
  const own = { tokenizer_class: "Own", auto_map: { AutoTokenizer: ["own.Own", null] } };
  const files = [...(sound.files ?? [])];
  const broken: readonly Partial<ModelFiles>[] = [
    { files: files.map((file) => ({ ...file, size: 130 })) },
    { tokenizerEnds: new Map([["tokenizer.json", '"merges": ["a b']]) },
    { files: files.map(({ path }) => ({ path, size: path === "tokenizer.json" ? 65 : 1000 })) },
    { tokenizerConfig: "version https://git-lfs.github.com/spec/v1" },
    { tokenizerConfig: JSON.stringify(own) },
  ];
  for (const changes of broken) expect(codes(judge(changes), true)).toEqual(["no-tokenizer"]);
  const there = { files: [...files, { path: "own.py" }], tokenizerConfig: JSON.stringify(own) };
  expect(judge(there).verdict).toBe("yes");
});

test.each<[Readonly<Record<string, unknown>>, string]>([
  [{ quant_method: "mxfp4" }, "mxfp4"],
  [{ quant_method: "awq", bits: 4, group_size: 128 }, "affine"],
  [{ quant_method: "fp8", scale_fmt: "ue8m0", weight_block_size: [32, 32] }, "mxfp8"],
])("what mlx-lm converts while it loads is known: %j", (quantization_config, mode) => {
  const config = JSON.stringify(smallConfig("llama", { quantization_config }));
  expect(describeModel({ config }).quantization?.mode).toBe(mode);
  expect(withConfig({ quantization_config }).verdict).toBe("yes");
});

test("fp8 loads where the module unpacks it, and a method that mlx-lm does not know leaves a doubt", () => {
  const fp8 = { quant_method: "fp8", weight_block_size: [128, 128] };
  const config = JSON.stringify(smallConfig("deepseek_v3", { quantization_config: fp8 }));
  expect(judge({ config }).verdict).toBe("yes");
  const bitsandbytes = withConfig({ quantization_config: { quant_method: "bitsandbytes" } });
  expect([bitsandbytes.verdict, codes(bitsandbytes, true)]).toEqual(["unknown", []]);
  expect(withConfig({ quantization_config: {} }).verdict).toBe("yes");
});

test("weights of 1 bit need a newer MLX", () => {
  const quantization = { bits: 1, group_size: 64 };
  const one = (mlxVersion: string) =>
    installedJudge(smallConfig("llama", { quantization }), { mlxVersion });
  expect(one("0.32.4").verdict).toBe("yes");
  expect(codes(one("0.32.2"), true)).toEqual(["needs-newer-mlx"]);
});

test("tokenizers of other makers are tokenizers, chat_template.json alone is no chat template", () => {
  const weights = { path: "model.safetensors", size: 100 };
  for (const path of ["tiktoken.model", "tokenizer.jsonl", "rwkv_vocab_v20230424.txt"]) {
    expect(judge({ files: [weights, { path }] }).verdict, path).toBe("yes");
  }
  const files = [weights, { path: "tokenizer.json" }, { path: "chat_template.json" }];
  expect(codes(judge({ files, tokenizerConfig: "{}" }), false)).toContain("no-chat-template");
});

test("LFM2 wants one of two sizes", () => {
  const config = (changes: Readonly<Record<string, unknown>>) =>
    judge({ config: JSON.stringify(smallConfig("lfm2", changes)) }).verdict;
  expect(config({ block_ff_dim: undefined, intermediate_size: undefined })).toBe("no");
  expect(config({ block_ff_dim: undefined, intermediate_size: 64 })).toBe("yes");
});

test("an adapter alone is called one", () => {
  const files = [{ path: "adapters.safetensors" }, { path: "adapter_config.json" }];
  expect(codes(judge({ files }), true)).toContain("adapter");
});

test("files that are no weights keep it from loading", () => {
  const badHeaders = new Map([["model.safetensors", "its header is no JSON"]]);
  expect(codes(judge({ badHeaders }), true)).toEqual(["bad-weights"]);
});

test("trust lets code of the repo run, and old releases run it unasked", () => {
  const description = describeModel({
    ...sound,
    config: JSON.stringify({ model_file: "model.py", model_type: "own" }),
  });
  expect(codes(loadVerdict(description), true)).toEqual(["remote-code"]);
  // What code does is only seen when it runs.
  const trusted = loadVerdict(description, MLX_LM_TABLE, { trustRemoteCode: true });
  expect(trusted.verdict).toBe("unknown");
  expect(trusted.reasons[0]?.message).toContain("expected to load, not checked");
  const old = loadVerdict(description, { ...MLX_LM_TABLE, mlxLmVersion: "0.31.3" });
  expect(old.reasons.map(({ code }) => code)).toEqual(["runs-code-unasked"]);
  expect(old.reasons[0]?.message).toContain("CVE-2026-5843");
});

test("weights that the loader does not see are named", () => {
  const files = (...paths: readonly string[]) =>
    judge({ files: ["tokenizer.json", ...paths].map((path) => ({ path })) });
  expect(codes(files(), true)).toEqual(["no-weights"]);
  expect(codes(files("weights.00.safetensors"), true)).toEqual(["weights-not-seen"]);
  expect(codes(files("weights.npz"), true)).toEqual(["weights-not-seen"]);
  expect(codes(files("sub/model.safetensors"), true)).toEqual(["weights-not-seen"]);
  const beside = files("model.safetensors", "mtp.safetensors");
  expect(beside.verdict).toBe("yes");
  expect(codes(beside, false)).toContain("weights-not-seen");
});

test("shards that the index names must be there, and others are loaded too", () => {
  const index = (weight_map: Readonly<Record<string, string>>) => JSON.stringify({ weight_map });
  const missing = judge({ index: index({ a: "model-1.safetensors", b: "model.safetensors" }) });
  expect(codes(missing, true)).toEqual(["missing-files"]);
  const alone = judge({
    files: [{ path: "model-00001-of-00002.safetensors", size: 5 }, { path: "tokenizer.json" }],
  });
  expect(codes(alone, true)).toEqual(["missing-files"]);
  const stray = judge({
    index: index({ a: "model.safetensors" }),
    files: [...(sound.files ?? []), { path: "model-old.safetensors", size: 5 }],
  });
  expect(stray.verdict).toBe("yes");
  expect(codes(stray, false)).toContain("stray-weights");
});

test("without a listing the verdict is unknown", () => {
  expect(loadVerdict(describeModel({ config: sound.config }))).toMatchObject({
    verdict: "unknown",
  });
});

test("a tokenizer is needed, a chat template is not", () => {
  const files = [{ path: "model.safetensors" }];
  expect(codes(judge({ files }), true)).toEqual(["no-tokenizer"]);
  const base = judge({ tokenizerConfig: "{}" });
  expect(base.verdict).toBe("yes");
  expect(codes(base, false)).toContain("no-chat-template");
});

test("models that see are run without their eyes, or need mlx-vlm", () => {
  const eyes = { vision_config: { depth: 2 } };
  const known = judge({ config: JSON.stringify({ ...smallConfig("qwen2_vl"), ...eyes }) });
  expect(codes(known, false)).toContain("text-only");
  const whisper = judge({ config: JSON.stringify({ model_type: "whisper" }) });
  expect(codes(whisper, false)).toContain("other-loader");
  const unknown = judge({ config: JSON.stringify({ model_type: "new_vl", ...eyes }) });
  expect(codes(unknown, false)).toContain("needs-mlx-vlm");
});

test("a packing that this MLX may not have leaves a doubt", () => {
  const description = describeModel({
    ...sound,
    config: JSON.stringify(
      smallConfig("llama", { quantization: { mode: "nvfp4", bits: 4, group_size: 16 } }),
    ),
  });
  expect(loadVerdict(description).verdict).toBe("yes");
  expect(loadVerdict(description, { ...MLX_LM_TABLE, mlxVersion: "0.29.3" }).verdict).toBe(
    "unknown",
  );
});

test("no small config of ours lacks what its module wants", () => {
  const lacking = architectures.filter(
    (name) =>
      describeModel({ config: JSON.stringify(smallConfig(name)) }).missingSettings.length > 0,
  );
  expect(lacking).toEqual([]);
});

describe("what single modules check of a config", () => {
  const scaling = (type: string, more: object = {}) => ({
    rope_scaling: { type, factor: 2, ...more },
  });
  const refused: readonly (readonly [string, Readonly<Record<string, unknown>>])[] = [
    ["phi3", scaling("linear")],
    ["phi3", scaling("longrope", { long_factor: [1], short_factor: [1] })],
    ["internlm2", scaling("yarn")],
    ["internlm3", scaling("dynamic")],
    ["qwen2_moe", scaling("yarn")],
    ["nemotron", scaling("dynamic")],
    ["hunyuan_v1_dense", scaling("dynamic")],
    ["cohere2", { num_attention_heads: 8 }],
    ["stablelm", { num_attention_heads: 3 }],
    ["gptj", { n_head: 3 }],
    ["deepseek_v3", { topk_method: "greedy" }],
    ["llama", { initializer_range: null }],
    ["exaone", { initializer_range: 2 }],
    ["qwen3_5", { ...scaling("yarn"), rope_theta: 10_000 }],
  ];
  const taken: typeof refused = [
    ["internlm2", scaling("linear")],
    ["hunyuan_v1_dense", scaling("dynamic", { alpha: 1000 })],
    ["phi3", { rope_scaling: {} }],
    ["qwen3_5", { ...scaling("dynamic"), rope_theta: 10_000 }],
    ["deepseek_v2", { topk_method: "greedy" }],
    ["llama", { initializer_range: 0.02 }],
  ];
  const settingsOf = (module: string, changes: Readonly<Record<string, unknown>>) =>
    describeModel({ config: JSON.stringify(smallConfig(module, changes)) }).badSettings;

  for (const [module, changes] of refused) {
    test(`${module} with ${JSON.stringify(changes)} does not load`, () => {
      expect(settingsOf(module, changes)).not.toEqual([]);
    });
  }
  for (const [module, changes] of taken) {
    test(`${module} with ${JSON.stringify(changes)} loads`, () => {
      expect(settingsOf(module, changes)).toEqual([]);
    });
  }
});
