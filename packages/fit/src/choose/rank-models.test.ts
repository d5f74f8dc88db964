import { describe, expect, test } from "vitest";
import { estimateFit, estimateWeights } from "./estimate-weights.ts";
import { matchesQuantization } from "../name/matches-quantization.ts";
import { MODEL_TASKS, suitsTask } from "./model-task.ts";
import {
  alteration,
  rankModels,
  rankOf,
  roughness,
  slowness,
  tightness,
  variantKey,
} from "./rank-models.ts";
import { type DraftTarget, suitsAsDraft } from "./suits-as-draft.ts";

const now = Date.parse("2026-11-01");
const made = (repoId: string, createdAt: string, more: object = {}) => ({
  repoId,
  createdAt,
  ...more,
});

describe("estimateWeights", () => {
  test("reckons from the name, scales included", () => {
    expect(estimateWeights({ repoId: "x/Qwen3-8B-4bit" })).toEqual({
      bytes: 4_500_000_000,
      parameters: 8e9,
      source: "name",
      atMost: false,
    });
    expect(estimateWeights({ repoId: "x/Qwen3-8B" })?.bytes).toBe(16e9);
    expect(estimateWeights({ repoId: "x/Qwen3-8B", tags: ["8-bit"] })?.bytes).toBe(8.5e9);
    expect(estimateWeights({ repoId: "x/gpt-oss-20b-MXFP4-Q8" })?.bytes).toBe(10_625_000_000);
    expect(estimateWeights({ repoId: "x/Mixtral-8x7B-4bit" })?.parameters).toBe(46_480_000_000);
  });

  test("takes counts that agree with the name, and no others", () => {
    const repoId = "x/Qwen3-8B-4bit";
    const packed = { U32: 1_024_000_000, BF16: 256_000_000 };
    expect(estimateWeights({ repoId, tensorCounts: packed })).toMatchObject({
      bytes: 4_608_000_000,
      source: "counts",
    });
    // As the Hub listed mlx-community/Qwen3.5-9B-4bit on 2026-09-18. Its files hold 5.95 GB.
    const logical = { U32: 8_952_741_888, BF16: 457_071_088, F32: 768 };
    const listed = { bytes: 5_390_516_192, parameters: 9e9, source: "counts", atMost: false };
    expect(estimateWeights({ repoId: "x/Qwen3.5-9B-4bit", tensorCounts: logical })).toEqual(listed);
    expect(estimateWeights({ repoId: "x/nameless-4bit", tensorCounts: logical })).toEqual({
      ...listed,
      parameters: 8_952_741_888,
    });
    expect(estimateWeights({ repoId: "x/nameless", tensorCounts: logical })).toMatchObject({
      bytes: 9_866_887_136,
      atMost: true,
    });
    expect(estimateWeights({ repoId: "x/nameless", tensorCounts: { BF16: 1e9 } })?.bytes).toBe(2e9);
    expect(estimateWeights({ repoId: "x/nameless", tensorCounts: { ODD: 1 } })).toBeUndefined();
  });

  test("does not take what is in use for all there is", () => {
    expect(estimateWeights({ repoId: "x/gemma-3n-E4B-it-4bit" })).toBeUndefined();
    expect(estimateWeights({ repoId: "x/Hunyuan-A13B-Instruct-4bit" })).toBeUndefined();
  });

  test("leaves room for more than weights", () => {
    const of = (bytes: number) =>
      estimateFit({ bytes, parameters: null, source: "name", atMost: false }, 20e9);
    expect([of(15e9), of(17e9), of(19e9)]).toEqual(["yes", "tight", "no"]);
  });
});

describe("rankModels", () => {
  const listing = [
    made("a/Qwen3-32B-4bit", "2025-04-28", { downloads: 1 }),
    made("a/Qwen3-32B-4bit-DWQ", "2025-06-01", { downloads: 9 }),
    made("b/Qwen3-32B-MLX-4bit", "2025-06-01", { downloads: 5 }),
    made("a/Qwen3-8B-4bit", "2025-04-28", { downloads: 1e6 }),
    made("a/Llama-2-13b-chat-4bit", "2023-07-18", { downloads: 1e7 }),
    made("a/Qwen3-235B-A22B-4bit", "2025-04-28"),
    made("a/lumeleto", "2026-01-01"),
  ];

  test("prefers large and new models that fit, whatever is downloaded most", () => {
    const groups = rankModels(listing, { limitBytes: 48e9, now });
    expect(groups.map(({ base }) => base)).toEqual([
      "qwen3-32b",
      "qwen3-8b",
      "llama-2-13b-chat",
      "lumeleto",
    ]);
    const whys = groups.map((group) => rankOf(group, now).why);
    expect(whys[0]).toBe("32 B parameters, from 2025-04");
    expect(whys[3]).toBe("of unknown size, from 2026-01");
  });

  test("keeps one variant of each quantization, the most downloaded", () => {
    const [first] = rankModels(listing, { limitBytes: 48e9, now });
    expect(first?.variants.map(({ repoId }) => repoId).toSorted()).toEqual([
      "a/Qwen3-32B-4bit-DWQ",
      "b/Qwen3-32B-MLX-4bit",
    ]);
  });

  test("groups by what variants were quantized from", () => {
    const tags = ["base_model:Qwen/Qwen3-8B", "base_model:quantized:Qwen/Qwen3-8B"];
    expect(variantKey({ repoId: "x/my-quant-of-it", tags })).toBe("qwen3-8b");
    expect(variantKey({ repoId: "x/tuned", tags: ["base_model:finetune:Qwen/Qwen3-8B"] })).toBe(
      "tuned",
    );
  });

  test("weighs a mixture of experts by what works and what is there", () => {
    const groups = rankModels(
      [
        made("a/Qwen3-30B-A3B-4bit", "2025-04-28"),
        made("a/Qwen3-14B-4bit", "2025-04-28"),
        made("a/Qwen3-4B-4bit", "2025-04-28"),
      ],
      { limitBytes: 48e9, now },
    );
    expect(groups.map(({ base }) => base)).toEqual(["qwen3-14b", "qwen3-30b-a3b", "qwen3-4b"]);
  });
});

test("a task is told by the pipeline and the name", () => {
  const suits = (repoId: string, pipelineTag?: string) =>
    MODEL_TASKS.filter((task) => suitsTask({ repoId, pipelineTag }, task));
  expect(suits("x/Qwen3-8B-4bit", "text-generation")).toEqual(["chat", "code"]);
  expect(suits("x/Qwen3-0.6B-4bit", "text-generation")).toEqual(["chat", "draft"]);
  expect(suits("x/Qwen2.5-Coder-7B-Instruct-4bit")).toEqual(["code"]);
  expect(suits("x/Qwen3-VL-4B-Instruct-4bit", "image-text-to-text")).toEqual(["vision"]);
  expect(suits("x/Qwen3.5-9B-4bit", "image-text-to-text")).toEqual(["chat", "code", "vision"]);
  expect(suits("x/gemma-4-31b-it-4bit", "image-text-to-text")).toEqual(["chat", "vision"]);
  expect(suits("x/Qwen3-Embedding-0.6B-4bit-DWQ")).toEqual(["embedding"]);
  expect(suits("x/bge-m3", "sentence-similarity")).toEqual(["embedding"]);
  expect(suits("x/Qwen3-Reranker-0.6B")).toEqual([]);
  expect(suits("x/whisper-large-v3-turbo", "automatic-speech-recognition")).toEqual(["speech"]);
  expect(suits("x/Kokoro-82M-bf16", "text-to-speech")).toEqual(["speech"]);
  expect(suits("x/Qwen3-4B-Base")).toEqual([]);
  expect(suits("x/Qwen3-8B-speculator.eagle3")).toEqual(["draft"]);
});

test("a quantization is matched by all of its words", () => {
  const has = (wanted: string, name: string) => matchesQuantization(`x/Qwen3-8B-${name}`, wanted);
  expect(has("4bit", "4bit")).toBe(true);
  expect(has("4-bit", "MLX-4bit")).toBe(true);
  expect(has("4bit", "8bit")).toBe(false);
  expect(has("4bit", "mxfp4")).toBe(false);
  expect(has("mxfp4", "mxfp4")).toBe(true);
  expect(has("dwq", "4bit-DWQ")).toBe(true);
  expect(has("4bit-dwq", "8bit-DWQ")).toBe(false);
  expect(has("bf16", "bf16")).toBe(true);
  expect(has("mixed", "mixed_3_6")).toBe(false);
  expect(has("4bit", "Instruct")).toBe(false);
});

describe("what a score loses", () => {
  test("to speed, to few bits, to a tight fit and to changes by others", () => {
    expect(slowness(15, 15)).toBe(0);
    expect(slowness(7.5, 15)).toBe(2.5);
    expect(slowness(null, 15)).toBe(0);
    expect([1, 2, 3, 4, null].map(roughness)).toEqual([2, 1.5, 0.7, 0, 0]);
    expect(tightness("tight")).toBe(1);
    expect(alteration("x/Qwen3-8B-abliterated-4bit")).toBe(2);
    expect(alteration("x/Qwen3.5-27B-Claude-4.6-Opus-Reasoning-Distilled")).toBe(2);
    expect(alteration("x/DeepSeek-R1-Distill-Qwen-7B-4bit")).toBe(0);
  });

  test("a slow dense model stands behind a mixture that is quick on the same machine", () => {
    const models = [
      made("x/Qwen3.6-27B-4bit", "2026-04-22"),
      made("x/Qwen3.6-35B-A3B-4bit", "2026-04-16"),
    ];
    const first = (bandwidth: number) =>
      rankModels(models, { limitBytes: 29e9, now, bandwidth, tokensPerSecond: 15 })[0]?.variants[0]
        ?.repoId;
    expect(first(150e9)).toBe("x/Qwen3.6-35B-A3B-4bit");
    expect(first(800e9)).toBe("x/Qwen3.6-27B-4bit");
  });

  test("an embedder leaves its share to the others", () => {
    const models = ["8B", "4B", "0.6B"].map((size) =>
      made(`x/Qwen3-Embedding-${size}-4bit`, "2025-06-05"),
    );
    const ids = (limitBytes: number) =>
      rankModels(models, { limitBytes, now, share: 0.15 }).map(
        ({ variants }) => variants[0]?.repoId,
      );
    expect(ids(5.7e9)).toEqual(["x/Qwen3-Embedding-0.6B-4bit"]);
    expect(ids(52e9)[0]).toBe("x/Qwen3-Embedding-8B-4bit");
  });
});

test("a draft is of the family and the vocabulary of its model, small, and forgets what was refused", () => {
  const full = { kind: "full", heads: 8, keyDim: 128, valueDim: 128 } as const;
  const model = (name: string, active: number, more: object = {}): DraftTarget => ({
    repoId: `x/${name}`,
    activeParameters: active,
    description: {
      vocabularySize: 151_936,
      parameters: active,
      experts: null,
      cache: {
        elementBytes: 2,
        groups: [{ count: 1, caches: [full], list: false }],
        kvBitsFailure: null,
      },
      ...more,
    },
  });
  const target = model("Qwen3-32B-4bit", 32e9);
  expect(suitsAsDraft(model("Qwen3-0.6B-4bit", 0.6e9), target)).toBeUndefined();
  const why = (name: string, active: number, more: object = {}) =>
    suitsAsDraft(model(name, active, more), target);
  expect(why("gemma-3-1b-it-4bit", 1e9)).toContain("family");
  expect(why("Qwen3-0.6B-4bit", 0.6e9, { vocabularySize: 248_320 })).toContain("vocabulary");
  expect(why("Qwen3-14B-4bit", 14e9)).toContain("too large");
  expect(why("Qwen3-0.6B-4bit", 0.6e9, { cache: null })).toContain("whole past");
});
