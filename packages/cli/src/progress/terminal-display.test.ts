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

test("Enter during a frame leaves no row behind", () => {
  const screen = createScreen(80);
  const display = createTerminalDisplay(repoId, screen.stream, style);
  for (const event of opening) display.onEvent(event);
  vi.advanceTimersByTime(100);
  const frame = screen.rows();
  screen.stream.write("\n");
  screen.stream.write("\n");
  display.onEvent(eventAt(60_000, { type: "progress", ...progressState(667_600_000, shards) }));
  vi.advanceTimersByTime(100);
  expect(screen.rows().slice(0, 3)).toEqual(frame.slice(0, 3));
  expect(screen.rows().filter((row) => row.startsWith("Resolved"))).toHaveLength(1);
  display.finish();
  expect(screen.rows().at(-1)).toContain("Stopped ");
});

test("a terminal that was made narrower took the cursor along, and the frame begins there", () => {
  const screen = createScreen(80);
  const display = createTerminalDisplay(repoId, screen.stream, style);
  for (const event of opening) display.onEvent(event);
  vi.advanceTimersByTime(100);
  const { length } = screen.written();
  screen.resize(40);
  vi.advanceTimersByTime(100);
  // The place that was saved is another row's now.
  expect(screen.written().slice(length)).not.toContain("\u001b8");
  expect(screen.rows().filter((row) => row.startsWith("Resolved"))).toHaveLength(1);
  display.finish();
});

test("a process that ends in the middle of a frame leaves the cursor below it", () => {
  const screen = createScreen(80);
  const display = createTerminalDisplay(repoId, screen.stream, style);
  for (const event of opening) display.onEvent(event);
  vi.advanceTimersByTime(100);
  const frame = screen.rows();
  for (const leave of process.listeners("exit").slice(-1)) leave(0);
  screen.stream.write("$ ");
  expect(screen.rows()).toEqual([...frame, "$ "]);
  expect(screen.cursorVisible()).toBe(true);
  display.finish();
});

test("the last frame of a stopped download claims no success, and finishing twice is harmless", () => {
  const screen = createScreen(80);
  const display = createTerminalDisplay(repoId, screen.stream, style);
  for (const event of opening) display.onEvent(event);
  display.onEvent(eventAt(60_000, { type: "progress", ...progressState(667_600_000, shards) }));
  display.finish();
  display.finish();
  expect(screen.rows().at(-1)).toBe("Stopped    at 34%, 1.17 of 3.41 GB");
  expect(screen.cursorVisible()).toBe(true);
});
