import { expect, test } from "vitest";
import {
  parseReconstruction,
  parseShard,
  parseXorb,
  planUnits,
  unitOutputs,
  XetError,
  xorbHash,
} from "../src/index.ts";
import { mergeSpans } from "../src/read/span.ts";
import { below, fuzzRuns, mutated, type Random, seeded } from "./random.ts";
import { fromBase64, splitmix, vectors } from "./vectors.ts";

const [xorbA, xorbB] = ["a".repeat(64), "b".repeat(64)];
/** Three terms, two of which share a chunk (as in hub-docs, docs/xet/api.md). */
const answer = {
  offset_into_first_range: 0,
  terms: [
    { hash: xorbA, unpacked_length: 251_904, range: { start: 12, end: 16 } },
    { hash: xorbB, unpacked_length: 118_337, range: { start: 0, end: 2 } },
    { hash: xorbA, unpacked_length: 187_650, range: { start: 15, end: 18 } },
  ],
  xorbs: {
    [xorbA]: [
      {
        url: "https://data.example/a?Expires=1790003600",
        ranges: [{ chunks: { start: 12, end: 18 }, bytes: { start: 731_204, end: 1_103_877 } }],
      },
    ],
    [xorbB]: [
      {
        url: "https://data.example/b?Expires=1790003600",
        ranges: [{ chunks: { start: 0, end: 2 }, bytes: { start: 0, end: 98_112 } }],
      },
    ],
  },
};
const oldAnswer = {
  offset_into_first_range: 0,
  terms: answer.terms,
  fetch_info: {
    [xorbA]: [
      {
        range: { start: 12, end: 18 },
        url: "https://data.example/a",
        url_range: { start: 731_204, end: 1_103_877 },
      },
    ],
    [xorbB]: [
      {
        range: { start: 0, end: 2 },
        url: "https://data.example/b",
        url_range: { start: 0, end: 98_112 },
      },
    ],
  },
};
const query = { fileHash: "c".repeat(64), size: 557_891, wanted: { start: 0, end: 557_891 } };

const NUMBERS = [0, -1, 1, 2, 12, 15, 16, 17, 18, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, 1e308, -0];
const TEXTS = ["", "0", "*".repeat(64), "d".repeat(64), "https://x/", "file:///etc"];
const SHAPES = [null, true, [], [null], {}, { start: 5, end: 1 }, { start: 0, end: 1e12 }];
const HOSTILE: readonly unknown[] = [NUMBERS, TEXTS, SHAPES, { length: 1e9 }].flat();

/** A copy in which one value somewhere is another one, or gone. */
function spoiled(random: Random, value: unknown): unknown {
  if (typeof value !== "object" || value === null || random() < 0.1) {
    return HOSTILE[below(random, HOSTILE.length)];
  }
  const copy = structuredClone(value) as Record<string, unknown>;
  const keys = Object.keys(copy);
  const key = keys[below(random, keys.length)];
  if (key === undefined || random() < 0.05) return HOSTILE[below(random, HOSTILE.length)];
  if (random() < 0.05) delete copy[key];
  else copy[key] = spoiled(random, copy[key]);
  return copy;
}

test("an answer of the storage is a sound reconstruction or refused, whatever of it is wrong", () => {
  const random = seeded(5);
  const refused: unknown[] = [];
  for (let run = 0; run < fuzzRuns; run += 1) {
    const json = spoiled(random, run % 2 === 0 ? answer : oldAnswer);
    try {
      const units = planUnits([parseReconstruction(json, query)]);
      const outputs = mergeSpans(units.flatMap(unitOutputs));
      if (JSON.stringify(outputs) !== JSON.stringify([query.wanted])) {
        throw new Error(`not all of the file: ${JSON.stringify(json)}`);
      }
    } catch (error) {
      if (!(error instanceof XetError)) throw error;
      refused.push(error.code);
    }
  }
  expect(new Set(refused)).toEqual(new Set(["xet/invalid-reconstruction"]));
}, 3_600_000);

test("both versions of an answer give the same units", () => {
  const [two, one] = [answer, oldAnswer].map((json) =>
    planUnits([parseReconstruction(json, query)]),
  );
  expect(two?.map(({ bytes, chunks }) => ({ bytes, chunks }))).toEqual([
    { bytes: { start: 731_204, end: 1_103_878 }, chunks: { start: 12, end: 18 } },
    { bytes: { start: 0, end: 98_113 }, chunks: { start: 0, end: 2 } },
  ]);
  expect(one?.map(({ uses }) => uses)).toEqual(two?.map(({ uses }) => uses));
});

/** Runs `parse` on mutations of `samples` and on noise: it returns, or throws this package's error. */
function fuzz(samples: readonly Uint8Array[], parse: (bytes: Uint8Array) => void): number {
  const random = seeded(4);
  let refused = 0;
  for (let run = 0; run < fuzzRuns; run += 1) {
    const sample = samples[run % samples.length] ?? new Uint8Array();
    const noise = random() < 0.1;
    const input = noise ? splitmix(run, below(random, 300)) : mutated(random, sample);
    try {
      parse(input);
    } catch (error) {
      if (!(error instanceof XetError)) {
        throw new Error(`run ${run}: ${Buffer.from(input).toString("hex")}`, { cause: error });
      }
      refused += 1;
    }
  }
  return refused;
}

test("a xorb of any bytes is parsed or refused", () => {
  const samples = [fromBase64(vectors.xorb.uploaded), fromBase64(vectors.xorb.atRest)];
  const refused = fuzz(samples, (bytes) => {
    const { chunks } = parseXorb(bytes);
    for (const { start, end } of chunks) expect(end).toBeGreaterThan(start);
  });
  expect(refused).toBeGreaterThan(fuzzRuns / 10);
}, 3_600_000);

test("a shard of any bytes is parsed or refused", () => {
  const samples = [fromBase64(vectors.shard.uploaded), fromBase64(vectors.shard.atRest)];
  const refused = fuzz(samples, (bytes) => {
    for (const { lengths, chunkHashes } of parseShard(bytes).xorbs) {
      xorbHash({ lengths, hashes: chunkHashes });
    }
  });
  expect(refused).toBeGreaterThan(fuzzRuns / 10);
}, 3_600_000);
