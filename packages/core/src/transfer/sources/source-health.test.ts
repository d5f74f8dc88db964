import fc from "fast-check";
import { expect, test } from "vitest";
import {
  chooseSource,
  freshHealth,
  noteFailure,
  noteSpeed,
  type SourceHealth,
} from "./source-health.ts";

const source = (over: Partial<SourceHealth> = {}): SourceHealth => ({ ...freshHealth(), ...over });

test("the first read goes to the first source, the next one tries another", () => {
  const [one, other] = [source(), source()];
  expect(chooseSource([one, other], 0)).toBe(0);
  one.active = 1;
  expect(chooseSource([one, other], 0)).toBe(1);
  other.active = 1;
  expect(chooseSource([one, other], 0)).toBe(0);
});

test("reads are given out in proportion to speed", () => {
  const sources = [
    source({ speed: 300, measuredAt: 0 }),
    source({ speed: 100, measuredAt: 0 }),
    source({ speed: 5, measuredAt: 0 }),
  ];
  for (let read = 0; read < 8; read += 1) {
    const index = chooseSource(sources, 1);
    (sources[index ?? 0] as SourceHealth).active += 1;
  }
  expect(sources.map(({ active }) => active)).toEqual([6, 2, 0]);
});

test("one that is far slower than the best is looked at again after half a minute", () => {
  const sources = [source({ speed: 300, active: 7 }), source({ speed: 5, measuredAt: 0 })];
  expect(chooseSource(sources, 29_000)).toBe(0);
  sources[0] = source({ speed: 300, active: 70 });
  expect(chooseSource(sources, 31_000)).toBe(1);
});

test("one that failed rests, longer each time, and as long as it asks for", () => {
  const health = source();
  noteFailure(health, { now: 0 });
  expect(health.restingUntil).toBe(1000);
  noteFailure(health, { now: 1000 });
  expect(health.restingUntil).toBe(3000);
  noteFailure(health, { now: 3000, retryAfterMs: 60_000 });
  expect(health.restingUntil).toBe(63_000);
  expect(chooseSource([health, source({ speed: 1, active: 9 })], 5000)).toBe(1);
  noteSpeed(health, { bytes: 10, ms: 1, now: 63_000 });
  expect(health.failures).toBe(0);
});

test("a source that sent wrong bytes is asked only when there is no other", () => {
  expect(chooseSource([source({ lied: true }), source({ restingUntil: 100 })], 0)).toBe(1);
  expect(chooseSource([source({ lied: true })], 0)).toBe(0);
});

test("a source is chosen as long as there is any", () => {
  const any = fc.record({
    speed: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }), { nil: undefined }),
    measuredAt: fc.double({ min: 0, max: 1e6, noNaN: true }),
    active: fc.nat(9),
    failures: fc.nat(9),
    restingUntil: fc.double({ min: 0, max: 2e6, noNaN: true }),
    lied: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(any, { maxLength: 5 }), fc.nat(1e6), (sources, now) => {
      const index = chooseSource(sources, now);
      expect(index === undefined).toBe(sources.length === 0);
    }),
  );
});
