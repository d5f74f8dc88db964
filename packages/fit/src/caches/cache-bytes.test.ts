import fc from "fast-check";
import { expect, test } from "vitest";
import { cacheBytes } from "./cache-bytes.ts";
import type { LayerCache } from "../model/cache-layout.ts";
import { promptSteps } from "./cache-slots.ts";

const shape = { heads: 2, keyDim: 8, valueDim: 8 } as const;

const cache = fc.oneof<fc.Arbitrary<LayerCache>[]>(
  fc.constant({ kind: "full", ...shape }),
  fc.integer({ min: 1, max: 9000 }).map((window) => ({ kind: "window", window, ...shape })),
  fc.integer({ min: 1, max: 9000 }).map((chunk) => ({ kind: "chunked", chunk, ...shape })),
  fc.integer({ min: 1, max: 9000 }).map((window) => ({
    kind: "recent",
    window,
    elements: 8,
    float32Elements: 1,
  })),
);

const layoutOf = (part: LayerCache) => ({
  elementBytes: 2,
  groups: [{ count: 3, caches: [part], list: false }],
  kvBitsFailure: null,
});

test("steps that are skipped change no figure", () => {
  fc.assert(
    fc.property(
      cache,
      fc.integer({ min: 1, max: 200_000 }),
      fc.constantFrom(256, 512, 2048),
      fc.option(fc.integer({ min: 0, max: 9000 }), { nil: undefined }),
      (part, tokens, prefillStepSize, start) => {
        const quantization = start === undefined ? undefined : { bits: 8, groupSize: 32, start };
        const prompt = { tokens, prefillStepSize };
        const skipping = cacheBytes(layoutOf(part), prompt, quantization);
        // A window as long as the prompt forbids skipping: its own bytes are taken off again.
        const idle: LayerCache = {
          kind: "recent",
          window: tokens,
          elements: 0,
          float32Elements: 0,
        };
        const layout = layoutOf(part);
        const groups = [...layout.groups, { count: 1, caches: [idle], list: false }];
        expect(promptSteps(prompt, tokens).skipped).toBe(0);
        expect(cacheBytes({ ...layout, groups }, prompt, quantization)).toEqual(skipping);
      },
    ),
    { numRuns: 300 },
  );
});

test("more tokens never take less after a prompt in whole steps", () => {
  fc.assert(
    fc.property(cache, fc.integer({ min: 1, max: 60_000 }), (part, tokens) => {
      if (part.kind === "chunked") return;
      const bytes = (count: number): number =>
        cacheBytes(layoutOf(part), { tokens: count, prefillStepSize: 2048 }).after;
      expect(bytes(tokens + 2048)).toBeGreaterThanOrEqual(bytes(tokens));
    }),
    { numRuns: 300 },
  );
});
