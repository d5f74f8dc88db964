import type { RequestLogEntry } from "./request-log.ts";
import type { RequestTarget } from "./request-kind.ts";
import type { TokenRefusal } from "../store/repo-store.ts";

/** A fault in an answer. Byte counts are of the body of this answer. `offset` is in the file. */
export type FaultEffect =
  /** The connection ends after n body bytes: closed, so that all of them arrive, or reset. */
  | { readonly kind: "cut"; readonly afterBytes: number; readonly reset?: boolean }
  /** The connection ends before any answer. */
  | { readonly kind: "hangUp" }
  /** The body is `missingBytes` shorter, and Content-Length and Content-Range agree with it. */
  | { readonly kind: "short"; readonly missingBytes: number }
  /** No Content-Length, and a clean end after n bytes. */
  | { readonly kind: "chunkedEarlyEnd"; readonly afterBytes: number }
  /** The byte at `offset` is flipped in answers that hold it. */
  | { readonly kind: "wrongBytes"; readonly offset: number }
  /** Nothing comes after n bytes (by default not even the headers) until the client leaves. */
  | { readonly kind: "stall"; readonly afterBytes?: number }
  /** Nothing comes (after n bytes, or at all) until the promise settles. */
  | { readonly kind: "hold"; readonly until: Promise<unknown>; readonly afterBytes?: number }
  | { readonly kind: "slow"; readonly bytesPerSecond: number }
  | { readonly kind: "latency"; readonly ms: number }
  /** An error, with an own body, headers, `Retry-After` (seconds, or any text) and `RateLimit` (remaining, seconds to reset). */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly retryAfter?: number | string;
      readonly rateLimit?: { readonly r: number; readonly t: number };
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** 403 with the CDN's XML. */
  | { readonly kind: "expiredSignature" }
  /** 403 with the text that a CDN gave to fresh links for hours (us.gcp.cdn.hf.co, 2026-07-14). */
  | { readonly kind: "signatureRefused" }
  /** 401 as for a token that is refused, in the Hub's words for it (default `unknown`). */
  | { readonly kind: "tokenRevoked"; readonly refusal?: TokenRefusal }
  /**
   * 429 as the Hub says it: a text that names the caller's address, and a `RateLimit` of the request's bucket with the
   * seconds until more is allowed (default 52). No Retry-After (recorded by several clients, September 2026).
   */
  | { readonly kind: "rateLimited"; readonly resetSeconds?: number }
  /** The headers of a 206, and the end of the connection (some edges of us.aws.cdn.hf.co, 2026-08-07). */
  | { readonly kind: "emptyPart" }
  /** The body comes chunked, without Content-Length (proxies, 2026-09-03). */
  | { readonly kind: "withoutLength" }
  /** The whole file with 200 instead of a part. */
  | { readonly kind: "ignoreRange" }
  /** The part with 200 and no Content-Range. */
  | { readonly kind: "rangeAs200" }
  /** 206 whose Content-Range begins one byte further. */
  | { readonly kind: "wrongContentRange" }
  /** The part although If-Range named another ETag. */
  | { readonly kind: "ifRangeIgnored" }
  /** 416 for a range that the file has. */
  | { readonly kind: "rangeRefused" }
  | { readonly kind: "changedEtag" }
  | { readonly kind: "weakEtag" }
  | { readonly kind: "dropHeaders"; readonly names: readonly string[] }
  | { readonly kind: "setHeaders"; readonly headers: Readonly<Record<string, string>> }
  /** A redirect to the very same URL. */
  | { readonly kind: "redirectLoop" }
  /** A redirect to the third host, which serves the same and is in the log as `elsewhere`. */
  | { readonly kind: "redirectElsewhere" }
  /** 200 with an HTML page: a captive portal. */
  | { readonly kind: "loginPage" }
  /** The first half of the body, with a length that agrees. */
  | { readonly kind: "truncatedJson" };

/**
 * The requests that a fault applies to: those of `on`, `path`, `repoId` and `method`, and of these,
 * as counted by the fault itself, …
 */
export interface FaultScope {
  readonly on: RequestTarget | readonly RequestTarget[];
  /**
   * The file's path in the repo (of an API request: the URL's path), whole. `*` matches anything.
   */
  readonly path?: string | RegExp;
  readonly repoId?: string;
  readonly method?: string;
  /** … only the first `times`, */
  readonly times?: number;
  /** … only those with these numbers, from 1, */
  readonly nth?: number | readonly number[];
  /** … only those after the first `after`. */
  readonly after?: number;
  /** Called for each request met, before it is answered. */
  readonly onHit?: (entry: RequestLogEntry) => void;
}

/** One thing that goes wrong. */
export type Fault = FaultScope & FaultEffect;

/** Kinds that concern the bytes of a file or body: they meet only GETs that are answered with some. */
export const BODY_KINDS: ReadonlySet<FaultEffect["kind"]> = new Set([
  "cut",
  "short",
  "chunkedEarlyEnd",
  "wrongBytes",
  "slow",
  "ignoreRange",
  "rangeAs200",
  "wrongContentRange",
  "ifRangeIgnored",
  "rangeRefused",
  "changedEtag",
  "emptyPart",
  "withoutLength",
  "truncatedJson",
]);
