import type { DownloadEvent } from "@mlx-download/core";
import { expect, test } from "vitest";
import { createTakenTally } from "./taken.ts";

const done = (repoId: string, sources: { name: string; bytes: number }[]): DownloadEvent => ({
  type: "result",
  at: 1,
  repoId,
  result: {
    repoId,
    revision: "main",
    commit: "0".repeat(40),
    path: "/here",
    fromCache: false,
    durationMs: 1,
    bytes: { total: 0, cached: 0, resumed: 0, copied: 0, fetched: 0, wire: 0, saved: 0 },
    sources,
    files: [],
    leftOut: { files: 0, bytes: 0 },
  },
});

test("what neighbours brought is added up by neighbour and model, the last one first", () => {
  const tally = createTakenTally();
  tally.onEvent(done("a/a", [{ name: "huggingface.co", bytes: 5 }]));
  expect(tally.list()).toEqual([]);
  tally.onEvent(done("a/a", [{ name: "peer mini:1", bytes: 5 }]));
  tally.onEvent(done("a/b", [{ name: "peer mini:1", bytes: 7 }]));
  tally.onEvent(done("a/a", [{ name: "peer mini:1", bytes: 1 }]));
  expect(tally.list()).toEqual([
    { from: "mini:1", repoId: "a/a", bytes: 6 },
    { from: "mini:1", repoId: "a/b", bytes: 7 },
  ]);
});
