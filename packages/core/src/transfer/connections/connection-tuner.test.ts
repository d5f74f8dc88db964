import fc from "fast-check";
import { expect, test } from "vitest";
import { startTuner, tune, type TunerState } from "./connection-tuner.ts";

/** Plays a line on which each connection carries `each` and all together `total` bytes a second. */
function play(
  line: { each: number; total: number; pushbackAbove?: number; heldShare?: number },
  seconds: number,
  from: TunerState = startTuner(8, 0),
) {
  let state = from;
  let bytes = 0;
  let pushbacks = 0;
  let heldMs = 0;
  const limits: number[] = [];
  for (let now = 50; now <= seconds * 1000; now += 50) {
    bytes += (Math.min(line.total, line.each * state.limit) * 50) / 1000;
    if (state.limit > (line.pushbackAbove ?? Infinity)) pushbacks += 1;
    heldMs += 50 * state.limit * (line.heldShare ?? 0);
    state = tune(state, { now, bytes, heldMs, pushbacks, waiting: true });
    limits.push(state.limit);
  }
  return { state, limits, bytes };
}

const MB = 1_000_000;

test("it starts with one connection", () => {
  expect(startTuner(8, 0).limit).toBe(1);
});

test("where each connection is slow all are used within a quarter of a second", () => {
  const { limits } = play({ each: 40 * MB, total: 10_000 * MB }, 10);
  expect(limits.indexOf(8)).toBeLessThan(5);
  expect(Math.min(...limits.slice(10))).toBeGreaterThanOrEqual(7);
});

test("where one connection fills the line few are kept", () => {
  const { limits } = play({ each: 10 * MB, total: 10 * MB }, 60);
  expect(Math.max(...limits.slice(60))).toBeLessThanOrEqual(3);
});

test("where one connection is as fast as the machine there is never a second for long", () => {
  const { limits } = play({ each: 900 * MB, total: 900 * MB }, 4);
  expect(Math.max(...limits)).toBe(1);
});

test("where the disk holds a connection up there is no second one", () => {
  const line = { each: 100 * MB, total: 10_000 * MB };
  expect(Math.max(...play({ ...line, heldShare: 0.6 }, 60).limits)).toBe(1);
  expect(Math.max(...play({ ...line, heldShare: 0.1 }, 60).limits)).toBe(8);
});

test("a server that pushes back gets half, and more only slowly", () => {
  const { limits } = play({ each: 5 * MB, total: 1000 * MB, pushbackAbove: 4 }, 30);
  const after = limits.slice(limits.indexOf(8) + 2);
  expect(Math.max(...after)).toBeLessThanOrEqual(5);
  expect(Math.min(...after)).toBeGreaterThanOrEqual(1);
});

test("refusals that come together halve once, those of a second later once more", () => {
  let state = { ...startTuner(8, 0), limit: 8 };
  const refuse = (now: number, pushbacks: number): number => {
    state = tune(state, { now, bytes: 1, heldMs: 0, pushbacks, waiting: true });
    return state.limit;
  };
  expect([100, 125, 150, 175].map((now, index) => refuse(now, 2 * (index + 1)))).toEqual([
    4, 4, 4, 4,
  ]);
  expect(refuse(1_200, 9)).toBe(2);
});

test("on any line the limit stays between one and the maximum, and the line is used", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 2000 }),
      (each, total) => {
        const line = { each: each * MB, total: total * MB };
        const { limits, bytes } = play(line, 40);
        expect(limits.every((limit) => limit >= 1 && limit <= 8)).toBe(true);
        const best = Math.min(line.total, line.each * (line.each >= 250 * MB ? 1 : 8)) * 40;
        expect(bytes).toBeGreaterThan(best * 0.85);
      },
    ),
  );
});
