import type { HubContext } from "./hub-env.ts";
import { parseRange, type RangeAnswer } from "./range.ts";

/** Our own client finds wrong bytes by itself, and loses nothing that was right. */
const VERIFIES = /^mlx-download\//;

/**
 * How to answer for a file of which wrong bytes were once sent, so that no client puts right ones behind them. A client
 * that wants the rest gets the whole and begins anew, as the RFC allows. nginx makes files of slices, takes no whole for
 * one and refuses slices of two ETags: it gets another ETag than before, and a client behind it that wants the rest is
 * refused. `X-Client-Range` is the range that such a client asked the proxy for.
 */
export function unmixed(
  c: HubContext,
  { parsed, headers }: { readonly parsed: RangeAnswer; readonly headers: Record<string, string> },
): { readonly range?: RangeAnswer; readonly etag?: string } | "refused" {
  if (VERIFIES.test(c.req.header("user-agent") ?? "")) return {};
  if (c.req.header("x-forwarded-for") === undefined) {
    return isLater(parsed) ? { range: { kind: "whole" } } : {};
  }
  if (wantsRest(c.req.raw)) return "refused";
  // Clients name the file by X-Linked-Etag where there is one, and by ETag otherwise.
  const { etag = "" } = headers;
  return headers["x-linked-etag"] === undefined ? {} : { etag: etag.replace(/"$/, '-2"') };
}

/** Whether a client behind a proxy, that verifies nothing itself, wants a file from its middle on. */
export function wantsRest({ headers }: Request): boolean {
  if (VERIFIES.test(headers.get("user-agent") ?? "")) return false;
  // Any size: only where it begins counts.
  return isLater(parseRange(headers.get("x-client-range") ?? undefined, Number.MAX_SAFE_INTEGER));
}

function isLater(range: RangeAnswer): boolean {
  return range.kind === "part" && range.start > 0;
}
