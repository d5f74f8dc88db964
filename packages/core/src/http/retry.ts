import type { ResponseHeaders } from "./transport.ts";

/**
 * The contents of a `RateLimitHeader` header: the bucket, the requests left in its window, and seconds until the window ends.
 */
export interface RateLimitHeader {
  readonly bucket: string;
  readonly remaining: number;
  readonly resetSeconds: number;
}

/** `"api";r=0;t=55` as the Hub sends it on every answer. Undefined when malformed. */
export function parseRateLimitHeader(header: string | undefined): RateLimitHeader | undefined {
  const bucket = /^\s*"([^"]{0,64})"\s*;/.exec(header ?? "");
  const remaining = /;\s*r\s*=\s*(\d{1,15})\s*(?:[;,]|$)/.exec(header ?? "");
  const reset = /;\s*t\s*=\s*(\d{1,15})\s*(?:[;,]|$)/.exec(header ?? "");
  if (!bucket || !remaining || !reset) return undefined;
  return {
    bucket: bucket[1] ?? "",
    remaining: Number(remaining[1]),
    resetSeconds: Number(reset[1]),
  };
}

/** `Retry-After` (RFC 9110 §10.2.3), whole seconds or an HTTP date, in ms from `now`. Undefined when malformed. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,12}$/.test(text)) return Number(text) * 1000;
  if (!/^[A-Z][a-z]{2},? .*\d{2}:\d{2}:\d{2}/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/** The facts of a failed try that decide about the next one. */
export interface RetryFacts {
  readonly status?: number | undefined;
  readonly headers?: ResponseHeaders | undefined;
  /** First delay in ms, doubled each time. Default 500. */
  readonly baseMs?: number | undefined;
  /** Unix ms. Default: now. */
  readonly now?: number | undefined;
  /** In [0, 1). Default: random. */
  readonly random?: number | undefined;
}

const MAX_BACKOFF_MS = 8000;

/** A wait longer than this is not sat out but reported (`hub/rate-limited`). */
export const MAX_WAIT_MS = 600_000;

/**
 * How long the server asks to wait, in ms, or undefined: the end of the rate-limit window when nothing remains in it,
 * else `Retry-After`.
 */
export function serverDelayMs(facts: RetryFacts): number | undefined {
  const limit = parseRateLimitHeader(facts.headers?.get("ratelimit"));
  if (facts.status === 429 && limit?.remaining === 0) return (limit.resetSeconds + 1) * 1000;
  // A retry date is by the server's clock, as is `Date`. Either clock may be wrong.
  const sent = Date.parse(facts.headers?.get("date") ?? "");
  const now = Number.isNaN(sent) ? (facts.now ?? Date.now()) : sent;
  return parseRetryAfter(facts.headers?.get("retry-after"), now);
}

/**
 * Delay in ms before try `attempt + 1` (the first try is 1). When the server asks for a delay, it is that delay plus up
 * to a second, so that waiting clients do not return together. Otherwise it is 0.5, 1, 2, 4, 8, 8 … s, each shortened
 * by up to half at random.
 */
export function retryDelayMs(attempt: number, facts: RetryFacts = {}): number {
  const random = facts.random ?? Math.random();
  const asked = serverDelayMs(facts);
  if (asked !== undefined) return Math.round(asked + random * Math.min(1000, asked));
  const full = Math.min(MAX_BACKOFF_MS, (facts.baseMs ?? 500) * 2 ** Math.max(0, attempt - 1));
  return Math.round(full * (1 - random / 2));
}

const RETRYABLE: ReadonlySet<number> = new Set([408, 421, 425, 429, 500, 502, 503, 504, 598, 599]);

/**
 * Statuses that a later try may heal: those that say so (408, 421, 425, 429, 500, 502, 503, 504), 520 to 530, by which
 * proxies (Cloudflare) say that the server behind them is away or overloaded, and 598 and 599, others' words for a
 * timeout behind them.
 */
export function isRetryableStatus(status: number): boolean {
  return RETRYABLE.has(status) || (status >= 520 && status <= 530);
}
