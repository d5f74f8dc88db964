import type { DownloadEvent } from "@mlx-download/core";
import { expect, test } from "vitest";
import {
  clockAt,
  eventAt,
  finished,
  opening,
  progressState,
  shards,
} from "../../test/recorded-download.ts";
import { displayWidth } from "../text/display-width.ts";
import { initialState, reduce, type ViewState } from "./reduce.ts";
import { severalView } from "./several-view.ts";

function stateOf(repoId: string, events: readonly DownloadEvent[]): ViewState {
  return events.map((event) => ({ ...event, repoId })).reduce(reduce, initialState(repoId));
}

const moving = [
  ...opening,
  eventAt(60_000, { type: "progress", ...progressState(667_600_000, shards) }),
];
const states = [
  stateOf("mlx-community/Qwen3-8B-4bit", moving),
  stateOf("mlx-community/模型-4bit", [...moving, finished]),
  stateOf("org/just-begun", opening.slice(0, 1)),
];
const options = { color: false, unicode: true, rows: 24, now: clockAt(60_000) };

test("several downloads share one frame: finished ones, the sum, and a line for each in progress", () => {
  expect(`\n${severalView(states, { ...options, columns: 80 }).join("\n")}\n`)
    .toMatchInlineSnapshot(`
      "
      ✓ mlx-community/模型-4bit: 4.62 GB, done
      Fetching   67% ════━━━━━━━━━━━━────────  4.58 of 6.82 GB  10.9 MB/s
        mlx-community/Qwen3-8B-4bit  ══━━────────  34%  1.17 of 3.41 GB
        org/just-begun                                  resolving
        1 of 3 models done
      "
    `);
});

test("on forty columns too", () => {
  expect(`\n${severalView(states, { ...options, columns: 40 }).join("\n")}\n`)
    .toMatchInlineSnapshot(`
      "
      ✓ mlx-commun…y/模型-4bit: 4.62 GB, done
      Fetching   67% ════━━━━━━━━━━━━────────
      4.58 of 6.82 GB  10.9 MB/s
        mlx-community/Qwen3-8B-4bit   34%
        org/just-begun
        1 of 3 models done
      "
    `);
});

test("a failed download shows its reason, counts as failed, and its bytes are not expected", () => {
  const error = { code: "hub/repo-not-found", message: "There is none.", hint: "Look." };
  const failed = stateOf("org/none", [...moving, eventAt(60_000, { type: "error", error })]);
  const lines = severalView([...states, failed], { ...options, columns: 80 });
  expect(lines).toContain("! org/none: failed (hub/repo-not-found) at 34%, 1.17 of 3.41 GB");
  expect(lines.at(-1)).toBe("  1 of 4 models done, 1 failed");
  expect(lines.find((line) => line.startsWith("Fetching"))).toContain("4.58 of 6.82 GB");
});

test("no line is wider than the terminal, and the frame stays below its height", () => {
  const error = { code: "transfer/checksum-mismatch", message: "Wrong.", hint: "Look." };
  const failed = stateOf("org/failed", [...moving, eventAt(60_000, { type: "error", error })]);
  const many = Array.from({ length: 30 }, (_, at) => stateOf(`org/model-${at}`, moving));
  for (const columns of [20, 33, 40, 60, 80, 200]) {
    for (const rows of [4, 10, 50]) {
      const lines = severalView([...states, failed, ...many], { ...options, columns, rows });
      expect(lines.length).toBeLessThan(rows);
      for (const line of lines) expect(displayWidth(line), line).toBeLessThan(columns);
    }
  }
});

test("the end leaves a line a model", () => {
  expect(severalView(states, { ...options, columns: 80 }, true)).toMatchInlineSnapshot(`
    [
      "! mlx-community/Qwen3-8B-4bit: Stopped at 34%, 1.17 of 3.41 GB",
      "✓ mlx-community/模型-4bit: Verified 3 files in 5m14s: 2.91 GB fetched at",
      "  9.27 MB/s, 500 MB resumed, 1.21 GB here already",
      "! org/just-begun: Stopped",
    ]
  `);
});
