import { join } from "node:path";
import { simulateMachine } from "@mlx-download/fit";
import {
  type HollowModelOptions,
  type TestHub,
  writeHollowModel,
} from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { listMLXModels } from "../src/find/list-mlx-models.ts";
import type { ModelFacts, RememberedModel } from "../src/contract/model-facts.ts";
import { readMachine } from "../src/find/read-machine.ts";
import {
  type Recommendations,
  recommendModels,
  type RecommendOptions,
} from "../src/find/recommend-models.ts";
import { startRoad } from "./fixture.ts";

/** Shapes of models that exist. */
const SHAPES = {
  "32B": { hidden: 5120, layers: 64, intermediate: 25_600, heads: 64 },
  "14B": { hidden: 5120, layers: 48, intermediate: 13_824, heads: 40 },
  "8B": { hidden: 4096, layers: 36, intermediate: 12_288, heads: 32 },
} as const;

type Shape = HollowModelOptions & { readonly downloads?: number };

/** A repo of a model that is not there. */
async function addModel(hub: TestHub, repoId: string, shape: Shape): Promise<void> {
  const { downloads = 1, ...options } = shape;
  const folder = join(await tempDir(), repoId);
  const model = await writeHollowModel(folder, {
    modelType: "qwen3",
    vocabulary: 151_936,
    contextLength: 40_960,
    ...options,
  });
  const createdAt = "2025-04-28T00:00:00.000Z";
  await hub.addRepo(repoId, model.files, { declared: model.declared, downloads, createdAt });
}

async function startListing(): Promise<{
  readonly hub: TestHub;
  readonly recommend: (memory: string, options?: RecommendOptions) => Promise<Recommendations>;
}> {
  const { hub, cacheDir } = await startRoad();
  const add = (name: string, shape: Shape): Promise<void> =>
    addModel(hub, `mlx-community/${name}`, shape);
  for (const bits of [3, 4, 6, 8]) {
    await add(`Qwen3-32B-${bits}bit`, { ...SHAPES["32B"], bits });
    await add(`Qwen3-8B-${bits}bit`, { ...SHAPES["8B"], bits, downloads: 1000 });
  }
  await add("Qwen2.5-Coder-14B-Instruct-4bit", { ...SHAPES["14B"], bits: 4 });
  await add("Odd-70B-4bit", { ...SHAPES["8B"], bits: 4, modelType: "no_such_model" });
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
    const large = await recommend("64G", { tokensPerSecond: 1 });
    expect(names(large)).toEqual(["Qwen3-32B-8bit", "Qwen3-8B-8bit"]);
    expect(large.models[0]?.choice.runnerUp).toMatchObject({
      candidate: { repoId: "mlx-community/Qwen3-32B-6bit" },
      why: expect.stringContaining("Qwen3-32B-8bit has 8 bits"),
    });
    expect(names(await recommend("16G"))).toEqual(["Qwen3-8B-6bit"]);
    expect(names(await recommend("4G"))).toEqual([]);
  });

  test("gives up bits for the speed that the task asks for", async () => {
    const { recommend } = await startListing();
    const { models } = await recommend("64G");
    expect(models[0]?.choice.best?.candidate.repoId).toBe("mlx-community/Qwen3-32B-4bit");
    expect(models[0]?.choice.runnerUp?.why).toContain("slower than wished");
  });

  test("asks for no file of a model whose commit is remembered", async () => {
    const { recommend, hub } = await startListing();
    const kept = new Map<string, RememberedModel>();
    const facts: ModelFacts = {
      read: (repoId, commit) => kept.get(`${repoId}@${commit}`),
      write: (repoId, commit, model) => void kept.set(`${repoId}@${commit}`, model),
    };
    const first = await recommend("64G", { facts });
    const asked = hub.log.entries.length;
    expect(kept.size).toBe(first.inspected);
    const again = await recommend("64G", { facts });
    expect(names(again)).toEqual(names(first));
    // The listing.
    expect(hub.log.entries.length - asked).toBe(1);
  });

  test("chooses among the variants of one model, whatever they are called by", async () => {
    const { recommend, hub } = await startListing();
    await addModel(hub, "someone/Qwen3-8B-MLX-5bit", { ...SHAPES["8B"], bits: 5 });
    const found = await recommend("12G", { of: "Qwen/Qwen3-8B" });
    expect(found.models[0]?.choice.ranked.map(({ candidate }) => candidate.repoId)).toEqual([
      "someone/Qwen3-8B-MLX-5bit",
      "mlx-community/Qwen3-8B-4bit",
      "mlx-community/Qwen3-8B-3bit",
      // Fits tightly.
      "mlx-community/Qwen3-8B-6bit",
    ]);
    expect(names(await recommend("64G", { of: "mlx-community/Qwen3-8B-4bit" }))).toEqual([
      "Qwen3-8B-8bit",
    ]);
  });

  test("finds out how large a model is whose name does not say it", async () => {
    const { recommend, hub } = await startListing();
    await addModel(hub, "mlx-community/Nameless-4bit", { ...SHAPES["14B"], bits: 4 });
    const found = await recommend("24G");
    expect(names(found)).toEqual(["Nameless-4bit", "Qwen3-8B-8bit"]);
    expect(found.models[0]?.why).toMatch(/^14\.\d B parameters, from 2025-04$/);
  });

  test("knows tasks, and the wish for speed", async () => {
    const { recommend } = await startListing();
    // A general model counts less for code, and one that writes slower than code is read counts less again.
    expect(names(await recommend("64G", { task: "code" }))).toEqual([
      "Qwen2.5-Coder-14B-Instruct-4bit",
      "Qwen3-32B-4bit",
      "Qwen3-8B-8bit",
    ]);
    expect(names(await recommend("64G", { tokensPerSecond: 35 }))[0]).toBe("Qwen3-8B-4bit");
    expect(await recommend("64G", { task: "vision" })).toMatchObject({ listed: 0, models: [] });
  });

  test("goes on without a model that cannot be read, and says so", async () => {
    const { recommend, hub } = await startListing();
    hub.store.changeSettings("mlx-community/Qwen3-32B-4bit", { gated: "manual" });
    const found = await recommend("64G", { limit: 1 });
    expect(names(found)).toEqual(["Qwen3-32B-6bit"]);
    expect(found.skipped).toMatchObject([{ repoId: "mlx-community/Qwen3-32B-4bit" }]);
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
