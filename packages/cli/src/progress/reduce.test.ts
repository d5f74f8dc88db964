import { expect, test } from "vitest";
import {
  activeFile,
  clockAt,
  eventAt,
  finished,
  opening,
  progressState,
  repoId,
  shards,
} from "../../test/recorded-download.ts";
import { fetchShare, initialState, isVerifying, reduce, silence } from "./reduce.ts";

const path = "model-00002-of-00002.safetensors";
const planned = opening.reduce(reduce, initialState(repoId));
const stalled = eventAt(70_000, {
  type: "stalled",
  path,
  idleMs: 10_000,
  range: { start: 0, end: 9 },
});
const moving = eventAt(60_000, { type: "progress", ...progressState(667_600_000, shards) });

test("the phases follow the events", () => {
  const states = [...opening, moving, eventAt(1, { type: "publishing", commit: "c" }), finished];
  let state = initialState(repoId);
  const phases = states.map((event) => (state = reduce(state, event)).phase);
  expect(phases).toEqual(["resolving", "planning", "fetching", "fetching", "publishing", "done"]);
});

test("before any progress, bytes of the last attempt count as present", () => {
  expect(fetchShare(planned)).toEqual({ have: 500_000_000, need: 3_410_000_000 });
});

test("cached bytes are no part of the way", () => {
  expect(fetchShare(reduce(planned, moving))).toEqual({ have: 1_167_600_000, need: 3_410_000_000 });
});

test("a stall is forgotten when its file moves again", () => {
  const still = reduce(reduce(planned, moving), stalled);
  expect(still.notices).toHaveLength(1);
  const same = eventAt(71_000, { type: "progress", ...progressState(667_600_000, shards) });
  expect(reduce(still, same).notices).toHaveLength(1);
  const more = shards.map((file) => ({ ...file, received: file.received + 1 }));
  const next = eventAt(72_000, { type: "progress", ...progressState(667_600_002, more) });
  expect(reduce(still, next).notices).toEqual([]);
});

test("a file has one notice, the newest", () => {
  const retry = eventAt(71_000, {
    type: "retry",
    path,
    attempt: 1,
    delayMs: 2000,
    code: "transfer/stalled",
    message: "no bytes",
  });
  const state = [moving, stalled, retry].reduce(reduce, planned);
  expect(state.notices.map(({ kind }) => kind)).toEqual(["retry"]);
});

test("a wait of the Hub itself ends with its time", () => {
  const wait = eventAt(61_000, {
    type: "waiting",
    reason: "rate-limit",
    delayMs: 5000,
    message: "rate limited",
  });
  const state = [moving, wait].reduce(reduce, planned);
  const later = (ms: number) =>
    eventAt(ms, { type: "progress", ...progressState(667_600_000, shards) });
  expect(reduce(state, later(65_000)).notices).toHaveLength(1);
  expect(reduce(state, later(66_500)).notices).toEqual([]);
});

test("silence is measured from the last byte", () => {
  const still = [
    moving,
    eventAt(63_000, { type: "progress", ...progressState(667_600_000, shards) }),
  ];
  const state = still.reduce(reduce, planned);
  expect(silence(state, clockAt(63_000))).toBeUndefined();
  expect(silence(state, clockAt(67_000))).toBe(7000);
  expect(silence(reduce(state, finished), clockAt(90_000))).toBeUndefined();
});

test("verifying begins when the last byte is here", () => {
  expect(isVerifying(reduce(planned, moving))).toBe(false);
  const all = activeFile({ path, size: 10, received: 10, verified: 3 });
  const last = eventAt(9, { type: "progress", ...progressState(2_910_000_000, [all]) });
  expect(isVerifying(reduce(planned, last))).toBe(true);
});

test("the same warning is shown once", () => {
  const warning = eventAt(1, {
    type: "warning",
    code: "settings/invalid",
    message: "HF_TOKEN is empty",
  });
  expect([warning, warning].reduce(reduce, planned).warnings).toHaveLength(1);
});

test("a state is never changed in place", () => {
  const before = structuredClone(planned);
  [moving, stalled, eventAt(1, { type: "verifying", path, size: 1 }), finished].reduce(
    reduce,
    planned,
  );
  expect(planned).toEqual(before);
});
