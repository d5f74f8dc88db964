import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { responseHeaders } from "./response-headers.ts";
import {
  isRetryableStatus,
  parseRateLimitHeader,
  parseRetryAfter,
  retryDelayMs,
  serverDelayMs,
} from "./retry.ts";

const headers = (fields: Record<string, string>) => responseHeaders(Object.entries(fields));
const NOW = Date.parse("2026-01-02T03:04:05Z");

describe("parseRateLimitHeader", () => {
  test.each([
    ['"api";r=0;t=55', { bucket: "api", remaining: 0, resetSeconds: 55 }],
    ['"resolvers";r=2998;t=172', { bucket: "resolvers", remaining: 2998, resetSeconds: 172 }],
    [' "pages" ; t = 3 ; r = 12 ', { bucket: "pages", remaining: 12, resetSeconds: 3 }],
    ["api;r=0;t=55", undefined],
    ['"api";r=-1;t=55', undefined],
    ['"api";r=0', undefined],
    ['"api";r=1e9;t=2', undefined],
    ["", undefined],
    [undefined, undefined],
  ])("reads %j", (header, expected) => {
    expect(parseRateLimitHeader(header)).toEqual(expected);
  });

  test("never throws and never yields anything but counts", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const limit = parseRateLimitHeader(`"api";${text}`);
        expect(limit === undefined || Number.isInteger(limit.remaining)).toBe(true);
        expect(limit === undefined || Number.isInteger(limit.resetSeconds)).toBe(true);
      }),
    );
  });
});

describe("parseRetryAfter", () => {
  test.each([
    ["120", 120_000],
    [" 0 ", 0],
    ["Fri, 02 Jan 2026 03:04:35 GMT", 30_000],
    ["Fri, 02 Jan 2026 03:00:00 GMT", 0],
    ["-5", undefined],
    ["1.5", undefined],
    ["soon", undefined],
    ["", undefined],
    [undefined, undefined],
  ])("reads %j", (header, expected) => {
    expect(parseRetryAfter(header, NOW)).toBe(expected);
  });

  test("never yields a negative or broken delay", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(), (text, now) => {
        const delay = parseRetryAfter(text, now);
        expect(delay === undefined || (Number.isFinite(delay) && delay >= 0)).toBe(true);
      }),
    );
  });
});

describe("serverDelayMs", () => {
  test("is the end of the window when nothing remains in it, whatever Retry-After says", () => {
    const facts = {
      status: 429,
      headers: headers({ ratelimit: '"api";r=0;t=55', "retry-after": "3" }),
    };
    expect(serverDelayMs(facts)).toBe(56_000);
  });

  test("is Retry-After when something remains, as for limits of single actions", () => {
    const facts = {
      status: 429,
      headers: headers({ RateLimit: '"api";r=7;t=55', "Retry-After": "3" }),
    };
    expect(serverDelayMs(facts)).toBe(3000);
  });

  test("takes a date by the clock of the server that names it", () => {
    const facts = {
      status: 429,
      now: Date.parse("2026-01-02T12:00:00Z"),
      headers: headers({
        date: "Fri, 02 Jan 2026 15:00:00 GMT",
        "retry-after": "Fri, 02 Jan 2026 15:00:07 GMT",
      }),
    };
    expect(serverDelayMs(facts)).toBe(7000);
  });

  test("takes no notice of an empty window on another status", () => {
    expect(serverDelayMs({ status: 503, headers: headers({ ratelimit: '"api";r=0;t=55' }) })).toBe(
      undefined,
    );
  });
});

test.each([
  [[408, 421, 425, 429, 500, 502, 503, 504, 520, 524, 530, 598, 599], true],
  [[200, 206, 400, 401, 403, 404, 410, 416, 418, 451, 501, 505, 511, 519, 531, 597], false],
])("of statuses, %j may be healed by a later try: %j", (statuses, expected) => {
  for (const status of statuses)
    expect([status, isRetryableStatus(status)]).toEqual([status, expected]);
});

describe("retryDelayMs", () => {
  test("doubles from half a second to eight", () => {
    const delays = [1, 2, 3, 4, 5, 6, 7].map((attempt) => retryDelayMs(attempt, { random: 0 }));
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 8000, 8000]);
  });

  test("is never longer than the back-off and never shorter than half of it", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, random) => {
          const full = retryDelayMs(attempt, { random: 0 });
          const delay = retryDelayMs(attempt, { random });
          expect(delay).toBeLessThanOrEqual(full);
          expect(delay).toBeGreaterThanOrEqual(full / 2 - 1);
        },
      ),
    );
  });

  test("is never shorter than the delay that the server asks for", () => {
    const facts = { status: 429, headers: headers({ "retry-after": "7" }) };
    expect(retryDelayMs(1, { ...facts, random: 0 })).toBe(7000);
    expect(retryDelayMs(1, { ...facts, random: 0.5 })).toBe(7500);
    expect(
      retryDelayMs(1, { status: 503, headers: headers({ "retry-after": "0" }), random: 0.9 }),
    ).toBe(0);
  });
});
