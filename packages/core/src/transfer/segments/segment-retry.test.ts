import { expect, test } from "vitest";
import { nextTry, NO_FAILURES, RETRY_DELAYS_MS } from "./segment-retry.ts";

test("transient failures without progress are tried again as often as there are delays", () => {
  let state = NO_FAILURES;
  for (const delay of RETRY_DELAYS_MS) {
    const next = nextTry(state, { failure: "transient", delivered: 0 });
    expect([next.giveUp, next.delayMs]).toEqual([false, delay]);
    state = next.state;
  }
  expect(nextTry(state, { failure: "transient", delivered: 0 }).giveUp).toBe(true);
});

test("a try that brought bytes restarts the count, so that a shaky line still ends", () => {
  let state = NO_FAILURES;
  for (let round = 0; round < 100; round += 1) {
    const next = nextTry(state, { failure: "transient", delivered: 1_000_000 });
    expect(next.giveUp).toBe(false);
    state = next.state;
  }
});

test("a server that keeps ending too early is believed in the end, whatever each try brought", () => {
  let state = NO_FAILURES;
  let tries = 0;
  for (let giveUp = false; !giveUp; tries += 1) {
    const next = nextTry(state, { failure: "short", delivered: 1_000_000 });
    ({ state, giveUp } = next);
  }
  expect(tries).toBe(5);
});

test("the delay that the server asks for is observed", () => {
  const next = nextTry(NO_FAILURES, { failure: "transient", delivered: 0, retryAfterMs: 60_000 });
  expect(next.delayMs).toBe(60_000);
});
