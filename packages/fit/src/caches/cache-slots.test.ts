import { expect, test } from "vitest";
import { chunkedSlots, fullSlots, promptSteps, windowSlots } from "./cache-slots.ts";

// The lengths of mlx-lm's own arrays (`keys.shape[2]` after each call), read from its cache classes. They hold without
// Python, where the oracle is skipped.

const ones = (count: number): number[] => Array.from({ length: count }, () => 1);

test.each([
  { calls: [300, 300, 300, 7, 1], slots: [512, 812, 1112, 1112, 1112] },
  { calls: [100, 100, 56, 1], slots: [256, 256, 256, 512] },
  { calls: [256, 256, 1], slots: [256, 512, 768] },
])("KVCache after calls of $calls tokens: a step that was begun is cut first", (row) => {
  const cache = fullSlots();
  expect(row.calls.map((tokens) => cache.add(tokens))).toEqual(row.slots);
});

test.each([
  { window: 1000, calls: [600, 400, 1, 1], slots: [600, 1000, 1000, 1000] },
  { window: 1000, calls: [10, 1, 1], slots: [10, 266, 266] },
  { window: 1000, calls: [1000, 1, 1, 1], slots: [1000, 1000, 1000, 1000] },
  { window: 1000, calls: [999, 1, 1, 1], slots: [999, 1000, 1000, 1000] },
  { window: 1000, calls: [300, 700, 1], slots: [300, 1000, 1000] },
  { window: 1000, calls: [1000, 1000, 1], slots: [1000, 1999, 1000] },
  { window: 1000, calls: [1, 1], slots: [256, 256] },
  { window: 300, calls: [...ones(5), 299, 1, 1], slots: [...ones(5).fill(256), 304, 300, 300] },
])("RotatingKVCache of $window after calls of $calls tokens", ({ window, calls, slots }) => {
  const cache = windowSlots(window);
  expect(calls.map((tokens) => cache.add(tokens))).toEqual(slots);
});

test("RotatingKVCache that went around puts its tokens in order before it takes several at once", () => {
  const cache = windowSlots(300);
  const calls = [100, ...ones(157), 5, 1, 1];
  expect(calls.map((tokens) => cache.add(tokens)).slice(-4)).toEqual([300, 262, 300, 300]);
});

test("RotatingKVCache that went around keeps its whole window when several come", () => {
  const cache = windowSlots(300);
  const calls = [100, ...ones(250), 5, 1, 1];
  expect(calls.map((tokens) => cache.add(tokens)).slice(-4)).toEqual([300, 304, 300, 300]);
});

test.each([
  { chunk: 500, calls: [300, 300, 300, 1, 1], slots: [512, 812, 1012, 756, 756] },
  { chunk: 512, calls: [300, 212, 1, 1], slots: [512, 512, 768, 768] },
  { chunk: 512, calls: [513, 1], slots: [768, 768] },
])("ChunkedKVCache of $chunk after calls of $calls tokens", ({ chunk, calls, slots }) => {
  const cache = chunkedSlots(chunk);
  expect(calls.map((tokens) => cache.add(tokens))).toEqual(slots);
});

test("the last token of a prompt is a call of its own", () => {
  expect(promptSteps({ tokens: 1, prefillStepSize: 512 }, 0)).toEqual({
    whole: 0,
    skipped: 0,
    last: [1],
  });
  expect(promptSteps({ tokens: 513, prefillStepSize: 512 }, 0)).toEqual({
    whole: 1,
    skipped: 0,
    last: [1],
  });
  expect(promptSteps({ tokens: 512, prefillStepSize: 512 }, 0)).toEqual({
    whole: 0,
    skipped: 0,
    last: [511, 1],
  });
  expect(promptSteps({ tokens: 514, prefillStepSize: 512 }, 0).last).toEqual([1, 1]);
  // Steps that are no multiple of 256 end at another place of their slots each time, so none is like the next.
  expect(promptSteps({ tokens: 100_001, prefillStepSize: 300 }, 0).skipped).toBe(0);
  expect(promptSteps({ tokens: 51_201, prefillStepSize: 512 }, 512)).toEqual({
    whole: 4,
    skipped: 95,
    last: [512, 1],
  });
});
