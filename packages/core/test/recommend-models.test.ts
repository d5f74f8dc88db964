import { simulateMachine } from "@mlx-download/fit";
import type { TestHub } from "@mlx-download/hub-server/testing";
import { describe, expect, test } from "vitest";
import { listMLXModels } from "../src/list-mlx-models.ts";
import { readMachine } from "../src/machine/read-machine.ts";
import {
  type Recommendations,
  recommendModels,
  type RecommendOptions,
} from "../src/recommend/recommend-models.ts";
import { startRoad } from "./fixture.ts";

interface Shape {
  readonly parameters: number;
  readonly bits: number;
  readonly downloads?: number;
  readonly pipeline?: string;
  readonly createdAt?: string;
  readonly modelType?: string;
}

/** A repo that says how large it is and holds nothing. */
async function addModel(hub: TestHub, repoId: string, shape: Shape): Promise<void> {
  const { parameters, bits, downloads = 1, pipeline = "text-generation" } = shape;
  const config = {
    model_type: shape.modelType ?? "qwen3",
    hidden_size: 4096,
    num_hidden_layers: 36,
    intermediate_size: 12_288,
    num_attention_heads: 32,
    num_key_value_heads: 8,
    head_dim: 128,
    vocab_size: 151_936,
    rms_norm_eps: 1e-6,
    rope_theta: 1e6,
    tie_word_embeddings: false,
    max_position_embeddings: 40_960,
    ...(bits < 16 && { quantization: { bits, group_size: 64 } }),
  };
  const shards = ["model-1.safetensors", "model-2.safetensors", "model-3.safetensors"];
  const bytes = (parameters * (bits < 16 ? bits + 0.5 : 16)) / 8;
  const index = {
    metadata: { total_size: Math.round(bytes), total_parameters: parameters },
    weight_map: Object.fromEntries(shards.map((name) => [name, name])),
  };
  await hub.addRepo(
    repoId,
    {
      "README.md": `---\nlibrary_name: mlx\npipeline_tag: ${pipeline}\ntags:\n- mlx\n---\n`,
      "config.json": JSON.stringify(config),
      "tokenizer.json": "{}",
      "tokenizer_config.json": '{"chat_template": "{{ messages }}"}',
      "model.safetensors.index.json": JSON.stringify(index),
      ...Object.fromEntries(shards.map((name) => [name, "x"])),
    },
    { downloads, createdAt: shape.createdAt ?? "2025-04-28T00:00:00.000Z" },
  );
}

async function startListing(): Promise<{
  readonly hub: TestHub;
  readonly recommend: (memory: string, options?: RecommendOptions) => Promise<Recommendations>;
}> {
  const { hub, cacheDir } = await startRoad();
  const add = (name: string, shape: Shape): Promise<void> =>
    addModel(hub, `mlx-community/${name}`, shape);
  for (const bits of [3, 4, 6, 8]) {
    await add(`Qwen3-32B-${bits}bit`, { parameters: 32e9, bits });
    await add(`Qwen3-8B-${bits}bit`, { parameters: 8e9, bits, downloads: 1000 });
  }
  await add("Qwen2.5-Coder-14B-Instruct-4bit", { parameters: 14e9, bits: 4 });
  await add("Odd-70B-4bit", { parameters: 7e9, bits: 4, modelType: "no_such_model" });
  return {
    hub,
    async recommend(memory, options = {}) {
      const machine = simulateMachine(await readMachine(), { memory, chip: "m4-max" });
      return recommendModels({
        env: {},
        endpoint: hub.url,
        cacheDir,
        token: false,
        fit: { machine },
        ...options,
      });
    },
  };
}

const names = ({ models }: Recommendations): (string | undefined)[] =>
  models.map(({ choice }) => choice.best?.candidate.repoId.split("/")[1]);

describe("recommendModels", () => {
  test("takes the largest model that loads and fits, in the best variant for the machine", async () => {
    const { recommend } = await startListing();
    const large = await recommend("64G");
    expect(names(large)).toEqual(["Qwen3-32B-8bit", "Qwen3-8B-8bit"]);
    expect(large.models[0]?.choice.runnerUp).toMatchObject({
      candidate: { repoId: "mlx-community/Qwen3-32B-6bit" },
      why: expect.stringContaining("Qwen3-32B-8bit has 8 bits"),
    });
    expect(names(await recommend("16G"))).toEqual(["Qwen3-8B-6bit"]);
    expect(names(await recommend("4G"))).toEqual([]);
  });

  test("chooses among the variants of one model, whatever they are called by", async () => {
    const { recommend, hub } = await startListing();
    await addModel(hub, "someone/Qwen3-8B-MLX-5bit", { parameters: 8e9, bits: 5 });
    const found = await recommend("12G", { of: "Qwen/Qwen3-8B" });
    expect(found.models[0]?.choice.ranked.map(({ candidate }) => candidate.repoId)).toEqual([
      "someone/Qwen3-8B-MLX-5bit",
      "mlx-community/Qwen3-8B-4bit",
      "mlx-community/Qwen3-8B-3bit",
    ]);
    expect(names(await recommend("64G", { of: "mlx-community/Qwen3-8B-4bit" }))).toEqual([
      "Qwen3-8B-8bit",
    ]);
  });

  test("knows tasks, and the wish for speed", async () => {
    const { recommend } = await startListing();
    expect(names(await recommend("64G", { task: "code" }))).toEqual([
      "Qwen2.5-Coder-14B-Instruct-4bit",
    ]);
    expect(names(await recommend("64G", { tokensPerSecond: 30 }))[0]).toBe("Qwen3-8B-4bit");
    expect(await recommend("64G", { task: "vision" })).toMatchObject({ listed: 0, models: [] });
  });

  test("goes on without a model that cannot be read, and says so", async () => {
    const { recommend, hub } = await startListing();
    hub.store.changeSettings("mlx-community/Qwen3-32B-8bit", { gated: "manual" });
    const found = await recommend("64G", { limit: 1 });
    expect(names(found)).toEqual(["Qwen3-32B-6bit"]);
    expect(found.skipped).toMatchObject([{ repoId: "mlx-community/Qwen3-32B-8bit" }]);
  });
});

test("a listing can be narrowed before its limit counts", async () => {
  const { hub } = await startListing();
  const found = await listMLXModels({
    env: {},
    endpoint: hub.url,
    token: false,
    limit: 2,
    where: ({ repoId }) => repoId.endsWith("-4bit"),
  });
  expect(found).toHaveLength(2);
  expect(found.every(({ repo_id }) => repo_id.endsWith("-4bit"))).toBe(true);
});
