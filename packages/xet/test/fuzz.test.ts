import { expect, test } from "vitest";
import { parseShard, parseXorb, XetError, xorbHash } from "../src/index.ts";
import { below, fuzzRuns, mutated, seeded } from "./random.ts";
import { fromBase64, splitmix, vectors } from "./vectors.ts";

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
