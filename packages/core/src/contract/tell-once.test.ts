import { expect, test } from "vitest";
import type { DownloadEventBody } from "./events.ts";
import { isNews } from "./tell-once.ts";

const wait = (delayMs: number, host = "hub.test"): DownloadEventBody => ({
  type: "waiting",
  reason: "rate-limit",
  host,
  delayMs,
  message: "it waits",
});

test("a wait is reported once until it ends, and again when it grows", () => {
  const listener = {};
  expect(isNews(listener, wait(60_000), 0)).toBe(true);
  expect(isNews(listener, wait(59_500), 500)).toBe(false);
  expect(isNews(listener, wait(61_000), 1000)).toBe(false);
  expect(isNews(listener, wait(60_000, "other.test"), 1000)).toBe(true);
  expect(isNews(listener, wait(300_000), 1000)).toBe(true);
  expect(isNews(listener, wait(60_000), 302_000)).toBe(true);
});

test("another listener has heard nothing yet", () => {
  expect(isNews({}, wait(60_000), 0)).toBe(true);
  expect(isNews({}, wait(60_000), 0)).toBe(true);
});

test("a topic of the Hub is told once, another warning each time", () => {
  const listener = {};
  const warning = { type: "warning", code: "hub/warning", message: "Set a token." } as const;
  expect(isNews(listener, { ...warning, topic: "unauthenticated" }, 0)).toBe(true);
  expect(isNews(listener, { ...warning, topic: "unauthenticated" }, 1)).toBe(false);
  expect(isNews(listener, { ...warning, topic: "deprecated" }, 1)).toBe(true);
  expect(isNews(listener, warning, 1)).toBe(true);
  expect(isNews(listener, warning, 1)).toBe(true);
});

test("a wait for a lock is always news", () => {
  const event = { type: "waiting", reason: "locked", delayMs: null, message: "locked" } as const;
  const listener = {};
  expect(isNews(listener, event, 0)).toBe(true);
  expect(isNews(listener, event, 1)).toBe(true);
});
