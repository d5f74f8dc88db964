import { badRequest } from "./refusal.ts";
import type { HubContext } from "./hub-env.ts";
import { publicUrl, rawPath } from "./hub-env.ts";

/** One page of a listing, and the headers that lead to the next. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly headers: Record<string, string>;
}

/**
 * Cuts the page that `limit` and `cursor` ask for out of all items. The next page's address is absolute on the host
 * that was asked, in exactly the shape that clients parse: `<url>; rel="next"`.
 */
export function page<Item>(
  c: HubContext,
  all: readonly Item[],
  { defaultLimit, maxLimit }: { defaultLimit: number; maxLimit: number },
): Page<Item> {
  const limit = Math.min(maxLimit, readLimit(c) ?? defaultLimit);
  const start = readCursor(c);
  const items = all.slice(start, start + limit);
  if (limit === 0 || start + limit >= all.length) return { items, headers: {} };
  const query = new URL(c.req.url).searchParams;
  query.set("cursor", Buffer.from(String(start + limit)).toString("base64url"));
  return {
    items,
    headers: { link: `<${publicUrl(c)}${rawPath(c)}?${query.toString()}>; rel="next"` },
  };
}

function readLimit(c: HubContext): number | undefined {
  const text = c.req.query("limit");
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,9}$/.test(text)) throw badRequest("limit must be a number");
  return Number(text);
}

function readCursor(c: HubContext): number {
  const text = c.req.query("cursor");
  if (text === undefined) return 0;
  const start = Buffer.from(text, "base64url").toString("latin1");
  if (!/^\d{1,9}$/.test(start)) throw badRequest("Invalid cursor");
  return Number(start);
}

/** A boolean of the query in any spelling that clients use: `true`, `True`, `1`. */
export function flag(c: HubContext, name: string): boolean {
  return /^(?:true|1|on|yes)$/i.test(c.req.query(name) ?? "");
}
