import type { DownloadEvent } from "@mlx-download/core";
import fc from "fast-check";
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
import { displayWidth } from "../text/display-width.ts";
import { initialState, reduce, type ViewState } from "./reduce.ts";
import { view } from "./view.ts";

function stateAfter(events: readonly DownloadEvent[]): ViewState {
  return events.reduce(reduce, initialState(repoId));
}

function frame(events: readonly DownloadEvent[], columns: number, ms: number): string {
  const options = { columns, rows: 24, color: false, unicode: true, now: clockAt(ms) };
  return `\n${view(stateAfter(events), options).join("\n")}\n`;
}

const moving = [
  ...opening,
  eventAt(60_000, { type: "progress", ...progressState(667_600_000, shards) }),
];

test("resolving says so, with the time once it takes long", () => {
  expect(frame(opening.slice(0, 1), 80, 500)).toMatchInlineSnapshot(`
    "
    Resolving  mlx-community/Qwen3-8B-4bit …
    "
  `);
  expect(frame(opening.slice(0, 1), 80, 12_000)).toMatchInlineSnapshot(`
    "
    Resolving  mlx-community/Qwen3-8B-4bit … (12 s)
    "
  `);
});

test("after resolving, the file list is read", () => {
  expect(frame(opening.slice(0, 2), 80, 500)).toMatchInlineSnapshot(`
    "
    Resolved   mlx-community/Qwen3-8B-4bit @ 1a2b3c4
    Planning   reading the file list …
    "
  `);
});

test("fetching at 80 columns", () => {
  expect(frame(moving, 80, 60_100)).toMatchInlineSnapshot(`
    "
    Resolved   mlx-community/Qwen3-8B-4bit @ 1a2b3c4
    Plan       9 files, 4.62 GB: 1.21 GB already here, 500 MB from the last
               attempt, 2.91 GB to fetch, 71.4 GB free
    Fetching   34% ════━━━━────────────────  1.17 of 3.41 GB  10.9 MB/s  2m04s left
      model-00001-of-00002.safetensors  ═════━━━━╸────  71%  912 MB of 1.28 GB
      model-00002-of-00002.safetensors  ━╸────────────  12%  256 MB of 2.13 GB
      7 of 9 files done
    "
  `);
});

test("fetching at 60 columns", () => {
  expect(frame(moving, 60, 60_100)).toMatchInlineSnapshot(`
    "
    Resolved   mlx-community/Qwen3-8B-4bit @ 1a2b3c4
    Plan       9 files, 4.62 GB: 1.21 GB already here, 500 MB
               from the last attempt, 2.91 GB to fetch, 71.4 GB
               free
    Fetching   34% ══════━━━━━━━╸──────────────────────────
               1.17 of 3.41 GB  10.9 MB/s  2m04s left
      model-00001-of-00002.safetensors  ════━━━───  71%
      model-00002-of-00002.safetensors  ━─────────  12%
      7 of 9 files done
    "
  `);
});

test("fetching at 40 columns", () => {
  expect(frame(moving, 40, 60_100)).toMatchInlineSnapshot(`
    "
    Resolved mlx-community/Qwen3-8B-4bit @
      1a2b3c4
    Plan 9 files, 4.62 GB: 1.21 GB already
      here, 500 MB from the last attempt,
      2.91 GB to fetch, 71.4 GB free
    Fetching   34% ════━━━━────────────────
    1.17 of 3.41 GB  10.9 MB/s  2m04s left
      model-00001-of…002.safetensors   71%
      model-00002-of…002.safetensors   12%
      7 of 9 files done
    "
  `);
});

test("no end is promised once bytes stay out, nor one that is here", () => {
  expect(frame(moving, 80, 61_000)).toContain(" left");
  expect(frame(moving, 80, 63_000)).not.toContain(" left");
  const nearly = eventAt(60_000, {
    type: "progress",
    ...progressState(667_600_000, shards, { etaMs: 400 }),
  });
  expect(frame([...moving, nearly], 80, 60_000)).not.toContain(" left");
});

test("a silent connection shows its duration and the reaction", () => {
  const silent = [
    ...moving,
    eventAt(69_000, {
      type: "progress",
      ...progressState(667_600_000, shards, { bytesPerSecond: 0, etaMs: null }),
    }),
    eventAt(70_000, {
      type: "stalled",
      path: "model-00002-of-00002.safetensors",
      idleMs: 10_000,
      range: { start: 255_600_000, end: 319_500_000 },
    }),
  ];
  expect(frame(silent, 80, 72_000)).toMatchInlineSnapshot(`
    "
    Resolved   mlx-community/Qwen3-8B-4bit @ 1a2b3c4
    Plan       9 files, 4.62 GB: 1.21 GB already here, 500 MB from the last
               attempt, 2.91 GB to fetch, 71.4 GB free
    Fetching   34% ════━━━━────────────────  1.17 of 3.41 GB  no bytes for 12 s
      model-00001-of-00002.safetensors  ═════━━━━╸────  71%  912 MB of 1.28 GB
      model-00002-of-00002.safetensors  ━╸────────────  12%  256 MB of 2.13 GB
      7 of 9 files done
    ! model-00002-of-00002.safetensors: no bytes for 12 s, asking for that part
      again
    "
  `);
  expect(frame(silent, 40, 72_000)).toMatchInlineSnapshot(`
    "
    Resolved mlx-community/Qwen3-8B-4bit @
      1a2b3c4
    Plan 9 files, 4.62 GB: 1.21 GB already
      here, 500 MB from the last attempt,
      2.91 GB to fetch, 71.4 GB free
    Fetching   34% ════━━━━────────────────
    1.17 of 3.41 GB  no bytes for 12 s
      model-00001-of…002.safetensors   71%
      model-00002-of…002.safetensors   12%
      7 of 9 files done
    ! model-00002-of-00002.safetensors: no
      bytes for 12 s, asking for that part
      again
    "
  `);
});

test("hashing received bytes is a phase of its own", () => {
  const path = "model-00002-of-00002.safetensors";
  const size = 2_130_000_000;
  const hashing = [
    ...opening,
    eventAt(300_000, { type: "verifying", path, size }),
    eventAt(300_000, {
      type: "progress",
      ...progressState(2_910_000_000, [
        activeFile({ path, size, received: size, verified: 1_500_000_000, connections: 0 }),
      ]),
    }),
  ];
  expect(frame(hashing, 80, 300_100)).toMatchInlineSnapshot(`
    "
    Resolved   mlx-community/Qwen3-8B-4bit @ 1a2b3c4
    Plan       9 files, 4.62 GB: 1.21 GB already here, 500 MB from the last
               attempt, 2.91 GB to fetch, 71.4 GB free
    Verifying  82% ━━━━━━━━━━━━━━━━━━━╸────  2.78 of 3.41 GB
      model-00002-of-00002.safetensors  ━━━━━━━━━╸────  70%  verifying
      7 of 9 files done
    "
  `);
});

test("the end is calm and tells fetched, resumed and cached bytes apart", () => {
  const done = [...moving, finished];
  expect(frame(done, 80, 314_000)).toMatchInlineSnapshot(`
    "
    Resolved   mlx-community/Qwen3-8B-4bit @ 1a2b3c4
    Plan       9 files, 4.62 GB: 1.21 GB already here, 500 MB from the last
               attempt, 2.91 GB to fetch, 71.4 GB free
    ✓ Verified 3 files in 5m14s: 2.91 GB fetched at 9.27 MB/s, 500 MB resumed,
      1.21 GB here already
    "
  `);
  expect(frame(done, 40, 314_000)).toMatchInlineSnapshot(`
    "
    Resolved mlx-community/Qwen3-8B-4bit @
      1a2b3c4
    Plan 9 files, 4.62 GB: 1.21 GB already
      here, 500 MB from the last attempt,
      2.91 GB to fetch, 71.4 GB free
    ✓ Verified 3 files in 5m14s: 2.91 GB
      fetched at 9.27 MB/s, 500 MB resumed,
      1.21 GB here already
    "
  `);
});

test("a stop leaves where it stood", () => {
  const error = { code: "cli/interrupted", message: "Stopped.", hint: "" };
  expect(frame([...moving, eventAt(61_000, { type: "error", error })], 80, 61_000))
    .toMatchInlineSnapshot(`
    "
    Resolved   mlx-community/Qwen3-8B-4bit @ 1a2b3c4
    Plan       9 files, 4.62 GB: 1.21 GB already here, 500 MB from the last
               attempt, 2.91 GB to fetch, 71.4 GB free
    Stopped    at 34%, 1.17 of 3.41 GB
    "
  `);
});

test("names in wide characters keep the columns in line", () => {
  const wide = [
    ...opening,
    eventAt(60_000, {
      type: "progress",
      ...progressState(667_600_000, [
        activeFile({ path: "権重/模型-分片-第一部分.safetensors", size: 2e9, received: 1e9 }),
        activeFile({ path: "model.safetensors", size: 2e9, received: 1e9 }),
      ]),
    }),
  ];
  expect(frame(wide, 80, 60_100)).toMatchInlineSnapshot(`
    "
    Resolved   mlx-community/Qwen3-8B-4bit @ 1a2b3c4
    Plan       9 files, 4.62 GB: 1.21 GB already here, 500 MB from the last
               attempt, 2.91 GB to fetch, 71.4 GB free
    Fetching   34% ════━━━━────────────────  1.17 of 3.41 GB  10.9 MB/s  2m04s left
      model.safetensors                    ━━━━━━━───────  50%  1.00 of 2.00 GB
      権重/模型-分片-第一部分.safetensors  ━━━━━━━───────  50%  1.00 of 2.00 GB
      7 of 9 files done
    "
  `);
});

test("without Unicode the bars are ASCII", () => {
  const options = { columns: 80, rows: 24, color: false, unicode: false, now: clockAt(60_100) };
  const lines = view(stateAfter(moving), options);
  expect(lines.join("\n")).toMatch(/^[\x20-\x7e\n]*$/);
  expect(lines[3]).toMatchInlineSnapshot(
    `"Fetching   34% ====####----------------  1.17 of 3.41 GB  10.9 MB/s  2m04s left"`,
  );
});

test("no frame is wider or higher than the terminal, whatever the events say", () => {
  const size = fc.integer({ min: 1, max: 10_000_000_000 });
  const file = fc.record({
    path: fc.string({ unit: "grapheme", minLength: 1, maxLength: 120 }),
    size,
    received: size,
    resumed: size,
    verified: size,
    connections: fc.nat(64),
  });
  fc.assert(
    fc.property(
      fc.array(file, { maxLength: 40 }),
      fc.integer({ min: 40, max: 200 }),
      fc.integer({ min: 6, max: 50 }),
      (files, columns, rows) => {
        const active = files.map((one) => ({
          ...one,
          received: Math.min(one.received, one.size),
          resumed: Math.min(one.resumed, one.received, one.size),
          verified: Math.min(one.verified, one.received, one.size),
        }));
        const notices = active
          .slice(0, 5)
          .map(({ path }) =>
            eventAt(60_500, { type: "stalled", path, idleMs: 9000, range: { start: 0, end: 1 } }),
          );
        const progress = eventAt(60_000, {
          type: "progress",
          ...progressState(667_600_000, active),
        });
        const state = stateAfter([...opening, progress, ...notices]);
        const lines = view(state, {
          columns,
          rows,
          color: false,
          unicode: true,
          now: clockAt(61_000),
        });
        expect(lines.length).toBeLessThan(rows);
        for (const line of lines) expect(displayWidth(line)).toBeLessThan(columns);
      },
    ),
  );
});
