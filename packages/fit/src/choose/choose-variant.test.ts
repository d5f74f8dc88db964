import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type VariantCandidate, chooseVariant } from "./choose-variant.ts";

const LIMIT = 50e9;

interface Given {
  readonly bits?: number;
  readonly mode?: string;
  readonly mixed?: boolean;
  readonly total?: number;
  readonly verdict?: VariantCandidate["fit"]["verdict"];
  readonly loads?: "yes" | "no";
  readonly speed?: number;
  readonly downloads?: number;
  readonly parameters?: number;
}

function candidate(name: string, given: Given = {}): VariantCandidate {
  const { bits = 4, mode = "affine", mixed = false, total = 10e9, parameters = 8e9 } = given;
  const quantization =
    bits === 16 ? null : { mode, bits, groupSize: 64, bitsPerWeight: bits + 0.5, mixed };
  return {
    repoId: `mlx-community/${name}`,
    description: { parameters, weightsBytes: total, quantization },
    fit: {
      verdict: given.verdict ?? "yes",
      totalBytes: total,
      limitBytes: LIMIT,
      maxContextLength: 8192,
      contextLength: 8192,
    },
    loads: {
      verdict: given.loads ?? "yes",
      reasons: [{ code: "unknown-architecture", message: "no module", blocks: true }],
    },
    speed: given.speed === undefined ? null : { low: given.speed, high: given.speed * 2 },
    downloads: given.downloads,
  };
}

const order = (...candidates: VariantCandidate[]): string[] =>
  chooseVariant(candidates).ranked.map((entry) => entry.candidate.repoId.split("/")[1] ?? "");

describe("chooseVariant", () => {
  test("takes 8 bits while a quarter of the limit stays free, else 6, 5 and 4", () => {
    const ample = [
      candidate("m-4bit"),
      candidate("m-6bit", { bits: 6 }),
      candidate("m-8bit", { bits: 8 }),
    ];
    expect(order(...ample)).toEqual(["m-8bit", "m-6bit", "m-4bit"]);
    const narrow = candidate("m-8bit", { bits: 8, total: 40e9 });
    expect(order(candidate("m-4bit"), candidate("m-6bit", { bits: 6 }), narrow)).toEqual([
      "m-6bit",
      "m-4bit",
      "m-8bit",
    ]);
  });

  test("takes calibrated and mixed 4 bits before plain ones, and those before 3", () => {
    expect(
      order(
        candidate("m-3bit", { bits: 3 }),
        candidate("m-4bit"),
        candidate("m-mixed-4bit", { mixed: true }),
        candidate("m-4bit-DWQ"),
        candidate("m-mxfp4", { mode: "mxfp4" }),
      ),
    ).toEqual(["m-4bit-DWQ", "m-mixed-4bit", "m-4bit", "m-mxfp4", "m-3bit"]);
  });

  test("prefers the format that a model was trained in to any other", () => {
    expect(
      order(
        candidate("gpt-oss-20b-8bit", { bits: 8 }),
        candidate("gpt-oss-20b-MXFP4-Q8", { mode: "mxfp4" }),
      ),
    ).toEqual(["gpt-oss-20b-MXFP4-Q8", "gpt-oss-20b-8bit"]);
    expect(order(candidate("g-8bit", { bits: 8 }), candidate("g-it-qat-4bit"))[0]).toBe(
      "g-it-qat-4bit",
    );
  });

  test("takes 16 bits of small models only", () => {
    const small = { parameters: 1e9, total: 3e9 };
    expect(
      order(
        candidate("m-8bit", { bits: 8, ...small }),
        candidate("m-bf16", { bits: 16, ...small }),
      )[0],
    ).toBe("m-bf16");
    expect(order(candidate("m-8bit", { bits: 8 }), candidate("m-bf16", { bits: 16 }))[0]).toBe(
      "m-8bit",
    );
  });

  test("puts what fits tightly behind what fits, and leaves out what cannot be used, with the reason", () => {
    const choice = chooseVariant([
      candidate("a-8bit", { bits: 8, verdict: "no" }),
      candidate("b-6bit", { bits: 6, verdict: "tight" }),
      candidate("c-4bit"),
      candidate("d-4bit", { loads: "no" }),
      candidate("e-4bit", { verdict: "unknown" }),
    ]);
    expect(choice.best?.candidate.repoId).toBe("mlx-community/c-4bit");
    expect(choice.runnerUp?.candidate.repoId).toBe("mlx-community/b-6bit");
    expect(choice.runnerUp?.why).toContain("fits tightly");
    expect(choice.ranked.slice(2).map(({ usable, why }) => [usable, why])).toEqual([
      [false, "it does not fit"],
      [false, "no module"],
      [false, "its fit is unknown"],
    ]);
  });

  test("gives up bits for a wished speed", () => {
    const fast = chooseVariant(
      [candidate("m-8bit", { bits: 8, speed: 10 }), candidate("m-4bit", { speed: 20 })],
      { tokensPerSecond: 15 },
    );
    expect(fast.best?.candidate.repoId).toBe("mlx-community/m-4bit");
    expect(fast.runnerUp?.why).toContain("slower than wished");
  });

  test("lets downloads decide between equals, and nothing else", () => {
    expect(
      order(candidate("x-4bit", { downloads: 1 }), candidate("y-4bit", { downloads: 9 })),
    ).toEqual(["y-4bit", "x-4bit"]);
    expect(
      order(
        candidate("x-6bit", { bits: 6, downloads: 1 }),
        candidate("y-4bit", { downloads: 9e9 }),
      )[0],
    ).toBe("x-6bit");
  });

  test("has no best of nothing", () => {
    expect(chooseVariant([])).toEqual({ best: null, runnerUp: null, ranked: [] });
  });

  test("does not depend on the order it is given", () => {
    const all = [2, 3, 4, 5, 6, 8, 16].map((bits) =>
      candidate(`m-${bits}bit`, { bits, total: bits * 5e9 }),
    );
    const expected = order(...all);
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(order(...shuffled)).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });
});
