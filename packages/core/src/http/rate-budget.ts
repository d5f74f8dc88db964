import { parseRateLimitHeader } from "./retry.ts";
import type { ResponseHeaders } from "./transport.ts";

/** How often a server may still be asked. */
export interface RateBudget {
  /** The kind of question that is counted: `api`, `resolvers`, `pages`. */
  readonly bucket: string;
  /** Questions that are left in this window. */
  readonly remaining: number;
  /** Questions in a whole window. */
  readonly quota: number;
  /** Until the window ends, in ms. */
  readonly resetMs: number;
  /** Length of a whole window, in ms. Undefined when the answer does not say. */
  readonly windowMs: number | undefined;
}

/**
 * The budget of an answer: `RateLimit: "api";r=499;t=300` and `RateLimit-Policy: "fixed window";"api";q=500;w=300`, as
 * the Hub sends them with every answer (2026). Undefined when either is missing or malformed.
 */
export function readBudget(headers: Pick<ResponseHeaders, "get">): RateBudget | undefined {
  const limit = parseRateLimitHeader(headers.get("ratelimit"));
  const policy = headers.get("ratelimit-policy") ?? "";
  const quota = /(?:^|;)\s*q=(\d{1,9})/.exec(policy)?.[1];
  const seconds = /(?:^|;)\s*w=(\d{1,9})/.exec(policy)?.[1];
  if (!limit || quota === undefined) return undefined;
  return {
    bucket: limit.bucket,
    remaining: limit.remaining,
    quota: Number(quota),
    resetMs: limit.resetSeconds * 1000,
    windowMs: seconds === undefined ? undefined : Number(seconds) * 1000,
  };
}
