import { fileURLToPath } from "node:url";
import { pythonEnv, run } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import {
  describeModel,
  FitError,
  kvBitsVerdict,
  memoryNeed,
  type ModelDescription,
  type SafetensorsHeader,
} from "../src/index.ts";
import { architectures, smallConfig } from "./architectures.ts";

const env = pythonEnv("mlx");

interface Prompt {
  readonly tokens: number;
  readonly prefill_step_size?: number;
  readonly kv_bits?: number;
  readonly quantized_kv_start?: number;
}

interface Case {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly dtype?: "float16" | "float32";
  readonly prompts: readonly Prompt[];
}

interface Answer {
  readonly name: string;
  readonly error?: string;
  readonly held?: readonly { readonly after: number; readonly peak: number }[];
  readonly parameters?: number;
  readonly tensors?: Readonly<Record<string, readonly [string, readonly number[]]>>;
}

/** Runs the cases in mlx-lm, all in one process. */
async function askMlxLm(cases: readonly Case[]): Promise<ReadonlyMap<string, Answer>> {
  const script = fileURLToPath(new URL("mlx_lm_oracle.py", import.meta.url));
  const input = JSON.stringify(cases);
  const { code, stdout, stderr } = await run(env?.python ?? "", [script], {
    input,
    timeoutMs: 500_000,
  });
  expect(code, stderr).toBe(0);
  const answers = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Answer);
  return new Map(answers.map((answer) => [answer.name, answer]));
}

const DTYPES: ReadonlyMap<string, readonly [string, number]> = new Map([
  ["float16", ["F16", 2]],
  ["bfloat16", ["BF16", 2]],
  ["float32", ["F32", 4]],
]);

/** The header that mlx-lm's own `save_model` would write for these tensors. */
function headerOf(tensors: Answer["tensors"] = {}): SafetensorsHeader {
  let offset = 0;
  const found = Object.entries(tensors).map(([name, [type, shape]]) => {
    const [dtype, size] = DTYPES.get(type) ?? ["U8", 1];
    const bytes = shape.reduce((product, length) => product * length, size);
    offset += bytes;
    return [name, { dtype, shape, offset: offset - bytes, bytes }] as const;
  });
  return {
    headerBytes: 8,
    tensorBytes: offset,
    dataEnd: offset,
    metadata: new Map(),
    tensors: new Map(found),
  };
}

function describeCase({ config }: Case, answer: Answer): ModelDescription {
  return describeModel({
    config: JSON.stringify(config),
    headers: new Map([["model.safetensors", headerOf(answer.tensors)]]),
  });
}

const optionsOf = (prompt: Prompt) => ({
  contextLength: prompt.tokens,
  prefillStepSize: prompt.prefill_step_size,
  kvBits: prompt.kv_bits,
  quantizedKvStart: prompt.quantized_kv_start,
});

function expectSame(current: Case, answer: Answer | undefined): void {
  expect(answer?.error, current.name).toBeUndefined();
  if (!answer?.held) return;
  const description = describeCase(current, answer);
  const ours = current.prompts.map((prompt) => {
    const { kvBytes, kvPeakBytes } = memoryNeed(description, optionsOf(prompt));
    return { after: kvBytes, peak: kvPeakBytes };
  });
  const theirs = answer.held.map(({ after, peak }) => ({ after, peak }));
  expect({ name: current.name, held: ours }).toEqual({ name: current.name, held: theirs });
  expect({ name: current.name, parameters: description.parameters }).toEqual({
    name: current.name,
    parameters: answer.parameters,
  });
}

// Every module with caches of its own kind, and of the plain ones those that name or ignore settings in their own way.
// The others: MLX_DOWNLOAD_ALL_ARCHITECTURES=1.
const USUAL = new Set(
  `afm7 afmoe baichuan_m1 bailing_hybrid bailing_moe_linear bailing_moe_v3 cohere2 dbrx deepseek_v2 deepseek_v3
  deepseek_v32 deepseek_v41 exaone4 falcon_h1 gear gemma2 gemma3 gemma3n gemma4 gemma4_text glm4_moe_lite gpt_bigcode
  gpt_oss granitemoehybrid hunyuan iquestloopcoder jamba kimi_k3 kimi_linear laguna lfm2 llama llama4 longcat_flash
  longcat_flash_ngram mamba mamba2 mimo_v2_flash minicpm3 minimax_m3_vl mistral3 nanbeige nemotron-nas nemotron_h
  olmo_hybrid openelm plamo plamo2 plamo3 qwen3_5 qwen3_moe qwen3_next recurrent_gemma rwkv7 step3p5`.split(
    /\s+/,
  ),
);

// These loop over tokens one by one.
const SLOW = new Set(["jamba", "mamba", "recurrent_gemma", "rwkv7"]);

const chosen = process.env["MLX_DOWNLOAD_ALL_ARCHITECTURES"]
  ? architectures
  : architectures.filter((name) => USUAL.has(name));

describe.skipIf(!env)("against mlx-lm itself", () => {
  test(
    `the caches of ${chosen.length} architectures take the bytes we say, after and during a prompt`,
    { timeout: 600_000 },
    async () => {
      expect(chosen.filter((name) => USUAL.has(name))).toHaveLength(USUAL.size);
      const cases = chosen.map((name): Case => {
        const prompts = SLOW.has(name)
          ? [{ tokens: 1 }, { tokens: 70, prefill_step_size: 64 }]
          : [{ tokens: 1 }, { tokens: 257 }, { tokens: 190, prefill_step_size: 64 }];
        return { name, config: smallConfig(name), prompts };
      });
      const answers = await askMlxLm(cases);
      for (const current of cases) expectSame(current, answers.get(current.name));
    },
  );

  test(
    "long prompts, stored dtypes and quantized keys and values agree too",
    { timeout: 300_000 },
    async () => {
      const quantized = [
        { tokens: 90, prefill_step_size: 64, kv_bits: 8, quantized_kv_start: 0 },
        { tokens: 150, prefill_step_size: 64, kv_bits: 4, quantized_kv_start: 100 },
      ];
      const named = (suffix: string, current: Case): Case => ({
        ...current,
        name: `${current.name} ${suffix}`,
      });
      const wide = {
        hidden_size: 128,
        head_dim: 64,
        num_attention_heads: 2,
        num_key_value_heads: 1,
      };
      const latent = { ...wide, kv_lora_rank: 64, qk_rope_head_dim: 64, qk_nope_head_dim: 64 };
      const works: readonly Case[] = [
        { name: "qwen3", config: smallConfig("qwen3", wide), prompts: quantized },
        { name: "qwen3_5", config: smallConfig("qwen3_5", wide), prompts: quantized },
        { name: "falcon_h1", config: smallConfig("falcon_h1", wide), prompts: quantized },
        {
          name: "deepseek_v2",
          config: smallConfig("deepseek_v2", { ...latent, v_head_dim: 64 }),
          prompts: quantized,
        },
      ].map((current) => named("quantized", current));
      const fails: readonly Case[] = [
        { name: "gemma2", config: smallConfig("gemma2", wide), prompts: quantized },
        { name: "gpt_oss", config: smallConfig("gpt_oss", wide), prompts: quantized },
        { name: "deepseek_v3", config: smallConfig("deepseek_v3", latent), prompts: quantized },
        { name: "llama", config: smallConfig("llama"), prompts: quantized },
      ].map((current) => named("quantized", current));
      const stored = ["qwen3_next", "mamba2", "gemma3_text", "rwkv7"].map((name): Case => {
        // The config goes on saying what it said before the conversion.
        const config = smallConfig(name, { torch_dtype: "bfloat16" });
        return named("float32", { name, config, dtype: "float32", prompts: [{ tokens: 60 }] });
      });
      const long = ["gpt_oss", "llama4"].map((name): Case => {
        const config = smallConfig(name);
        const prompts = [{ tokens: 2100 }];
        return named("long", { name, config, dtype: "float32", prompts });
      });
      const answers = await askMlxLm([...works, ...fails, ...stored, ...long]);
      for (const current of [...works, ...stored, ...long]) {
        expectSame(current, answers.get(current.name));
      }
      for (const current of fails) {
        expect(answers.get(current.name)?.error, current.name).toBeDefined();
        const description = describeModel({ config: JSON.stringify(current.config) });
        expect(kvBitsVerdict(description.cache).verdict, current.name).toBe("fails");
        for (const prompt of current.prompts) {
          expect(() => memoryNeed(description, optionsOf(prompt))).toThrow(FitError);
        }
      }
    },
  );
});
