import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  clockAt,
  eventAt,
  finished,
  opening,
  progressState,
  repoId,
  shards,
} from "../../test/recorded-download.ts";
import { createScreen } from "../../test/screen.ts";
import { createTerminalDisplay } from "./terminal-display.ts";

const style = { color: false, unicode: true };

beforeEach(() => {
  vi.useFakeTimers({ now: clockAt(0) });
});
afterEach(() => {
  vi.useRealTimers();
});

test("frames are drawn over each other and only the summary stays", () => {
  const screen = createScreen(80);
  const display = createTerminalDisplay(repoId, screen.stream, style);
  for (const event of opening) display.onEvent(event);
  vi.advanceTimersByTime(200);
  expect(screen.rows().at(-1)).toContain("Fetching   15%");
  display.onEvent(eventAt(60_000, { type: "progress", ...progressState(667_600_000, shards) }));
  vi.advanceTimersByTime(200);
  expect(screen.rows()).toHaveLength(7);
  expect(screen.cursorVisible()).toBe(false);
  display.onEvent(finished);
  display.finish();
  expect(screen.rows()).toEqual([
    "Resolved   mlx-community/Qwen3-8B-4bit @ 1a2b3c4",
    "Plan       9 files, 4.62 GB: 1.21 GB already here, 500 MB from the last",
    "           attempt, 2.91 GB to fetch, 71.4 GB free",
    "✓ Verified 3 files in 5m14s: 2.91 GB fetched at 9.27 MB/s, 500 MB resumed,",
    "  1.21 GB here already",
  ]);
  expect(screen.cursorVisible()).toBe(true);
});

test("many events in one moment are one frame", () => {
  const screen = createScreen(80);
  const display = createTerminalDisplay(repoId, screen.stream, style);
  for (const event of opening) display.onEvent(event);
  for (let at = 0; at < 1000; at += 1) {
    display.onEvent(eventAt(1000, { type: "progress", ...progressState(at * 1_000_000, shards) }));
  }
  vi.advanceTimersByTime(100);
  expect(screen.written().split("\u001b[?2026h")).toHaveLength(2);
  display.finish();
});

test("a frame that did not change is not drawn again", () => {
  const screen = createScreen(80);
  const display = createTerminalDisplay(repoId, screen.stream, style);
  for (const event of opening) display.onEvent(event);
  vi.advanceTimersByTime(100);
  const { length } = screen.written();
  vi.advanceTimersByTime(3000);
  expect(screen.written()).toHaveLength(length);
  display.finish();
});

test("a note goes above the frame", () => {
  const screen = createScreen(80);
  const display = createTerminalDisplay(repoId, screen.stream, style);
  display.onEvent(opening[0]!);
  vi.advanceTimersByTime(100);
  display.note("Stopping …");
  expect(screen.rows()).toEqual(["Stopping …", "Resolving  mlx-community/Qwen3-8B-4bit …"]);
  display.finish();
});

test("after the terminal was made narrower the old, now wrapped, lines are drawn over", () => {
  const screen = createScreen(80);
  const display = createTerminalDisplay(repoId, screen.stream, style);
  for (const event of opening) display.onEvent(event);
  vi.advanceTimersByTime(100);
  screen.resize(40);
  vi.advanceTimersByTime(100);
  // Four lines of up to 79 columns are eight rows of 40 now.
  const moves = screen
    .written()
    .split("\u001b[")
    .filter((part) => /^\d+A\r/.test(part));
  expect(moves.map((part) => Number.parseInt(part, 10))).toEqual([8]);
  display.finish();
});

test("what stays of a stopped download claims no success, and finishing twice is harmless", () => {
  const screen = createScreen(80);
  const display = createTerminalDisplay(repoId, screen.stream, style);
  for (const event of opening) display.onEvent(event);
  display.onEvent(eventAt(60_000, { type: "progress", ...progressState(667_600_000, shards) }));
  display.finish();
  display.finish();
  expect(screen.rows().at(-1)).toBe("Stopped    at 34%, 1.17 of 3.41 GB");
  expect(screen.cursorVisible()).toBe(true);
});
