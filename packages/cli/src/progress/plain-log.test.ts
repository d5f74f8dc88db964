import type { DownloadEvent } from "@mlx-download/core";
import { expect, test } from "vitest";
import {
  clockAt,
  eventAt,
  finished,
  opening,
  progressState,
  repoId,
  shards,
} from "../../test/recorded-download.ts";
import { beat, emptyLog, logEvent } from "./plain-log.ts";
import { initialState, reduce } from "./reduce.ts";

const digest = `sha256:${"ab".repeat(32)}`;

/** Every line that the events leave in a log, with the state and memory at its end. */
function log(events: readonly DownloadEvent[]) {
  let state = initialState(repoId);
  let memory = emptyLog;
  const lines: string[] = [];
  for (const event of events) {
    state = reduce(state, event);
    const step = logEvent(memory, event, state);
    memory = step.memory;
    lines.push(...step.lines);
  }
  return { lines, memory, state };
}

function progressAt(ms: number, fetched: number): DownloadEvent {
  return eventAt(ms, { type: "progress", ...progressState(fetched, shards) });
}

function fileDone(ms: number, path: string, size: number): DownloadEvent {
  return eventAt(ms, { type: "file-done", path, size, digest, status: "fetched" });
}

test("a whole download leaves a few plain lines", () => {
  const { lines } = log([
    ...opening,
    fileDone(900, "config.json", 937),
    fileDone(950, "tokenizer.json", 9_000_000),
    progressAt(30_000, 400_000_000),
    fileDone(60_000, "model-00001-of-00002.safetensors", 1_280_000_000),
    progressAt(90_000, 1_500_000_000),
    eventAt(313_000, { type: "publishing", commit: "1a2b3c4d" }),
    finished,
  ]);
  expect(`\n${lines.join("\n")}\n`).toMatchInlineSnapshot(`
    "
    Resolved mlx-community/Qwen3-8B-4bit @ 1a2b3c4
    Plan: 9 files, 4.62 GB: 1.21 GB already here, 500 MB from the last attempt, 2.91 GB to fetch, 71.4 GB free
    26%  900 MB of 3.41 GB, 10.9 MB/s, 2m04s left
    Fetched 2 small files (9.00 MB)
    Verified model-00001-of-00002.safetensors (1.28 GB)
    59%  2.00 of 3.41 GB, 10.9 MB/s, 2m04s left
    Verified 3 files in 5m14s: 2.91 GB fetched at 9.27 MB/s, 500 MB resumed, 1.21 GB here already
    "
  `);
});

test("heartbeats come every five percent, and not more than one a second", () => {
  const steps = Array.from({ length: 100 }, (_, at) =>
    progressAt(1000 + at * 500, at * 29_000_000),
  );
  const percents = log([...opening, ...steps])
    .lines.slice(2)
    .map((line) => Number.parseInt(line, 10));
  expect(percents.length).toBeGreaterThan(10);
  expect(percents.length).toBeLessThanOrEqual(20);
  const fast = Array.from({ length: 100 }, (_, at) => progressAt(1000 + at * 10, at * 29_000_000));
  expect(log([...opening, ...fast]).lines.length).toBeLessThan(5);
});

test("a download that does not move still shows a sign of life every 30 seconds", () => {
  const { memory, state } = log([...opening, progressAt(1000, 100_000_000)]);
  expect(beat(memory, state, clockAt(20_000)).lines).toEqual([]);
  const step = beat(memory, state, clockAt(35_000));
  expect(step.lines).toEqual(["18%  600 MB of 3.41 GB, no bytes for 34 s"]);
  expect(beat(step.memory, state, clockAt(50_000)).lines).toEqual([]);
});

test("waiting for the Hub to answer shows a sign of life too", () => {
  const { memory, state } = log(opening.slice(0, 1));
  expect(beat(memory, state, clockAt(31_000)).lines).toEqual([
    "Still resolving mlx-community/Qwen3-8B-4bit (31 s)",
  ]);
});

test("a file that fails again and again is mentioned at most every ten seconds", () => {
  const retries = Array.from({ length: 12 }, (_, at) =>
    eventAt(1000 + at * 1000, {
      type: "retry",
      path: "model-00001-of-00002.safetensors",
      attempt: at + 1,
      delayMs: 800,
      code: "transfer/interrupted",
      message: "the connection broke",
    }),
  );
  expect(log([...opening, ...retries]).lines.slice(2)).toEqual([
    "Retry: model-00001-of-00002.safetensors: the connection broke; trying again in 1 s",
    "Retry: model-00001-of-00002.safetensors: the connection broke; trying again in 1 s",
  ]);
});

test("a wait whose message names the file says the name once", () => {
  const path = "model.safetensors";
  const message = `another program is downloading ${path}`;
  const wait = eventAt(700, { type: "waiting", reason: "locked", path, delayMs: null, message });
  expect(log([...opening, wait]).lines.at(-1)).toBe(`Waiting: ${message}`);
});

test("a server's message cannot move the cursor", () => {
  const warning = eventAt(700, {
    type: "warning",
    code: "settings/invalid",
    message: "a\u001b[2Jb",
  });
  expect(log([...opening, warning]).lines.at(-1)).toBe("Warning: a?[2Jb");
});

test("cached files are not mentioned one by one", () => {
  const cached = eventAt(700, {
    type: "file-done",
    path: "a.safetensors",
    size: 5e9,
    digest,
    status: "cached",
  });
  expect(log([...opening, cached]).lines).toHaveLength(2);
});

test("no end is promised while another process holds a file", () => {
  const waiting = eventAt(31_000, {
    type: "waiting",
    reason: "locked",
    path: "model-00001-of-00002.safetensors",
    delayMs: null,
    message: "another process is fetching it",
  });
  const moving = [...opening, progressAt(30_000, 400_000_000)];
  const next = progressAt(60_500, 402_000_000);
  expect(beatAt([...moving, next]).join()).toContain("left");
  expect(beatAt([...moving, waiting, next]).join()).not.toContain("left");
});

/** The heartbeat half a minute after the first progress. */
function beatAt(events: readonly DownloadEvent[]): readonly string[] {
  const { memory, state } = log(events);
  return beat({ ...memory, lastBeatAt: 0 }, state, clockAt(61_000)).lines;
}

test("a change of source is named and not called a retry", () => {
  const path = "model-00001-of-00002.safetensors";
  const { lines } = log([
    ...opening,
    eventAt(1000, {
      type: "source-switched",
      path,
      from: "mirror.example",
      to: "huggingface.co",
      code: "hub/unavailable",
      message: `${path} goes on from huggingface.co: mirror.example answered 502`,
    }),
  ]);
  expect(lines.at(-1)).toBe(
    `Source: ${path} goes on from huggingface.co: mirror.example answered 502`,
  );
});
