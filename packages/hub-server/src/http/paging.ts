import { badRequest } from "./refusal.ts";
import type { HubContext } from "./hub-env.ts";
import { publicUrl, rawPath } from "./hub-env.ts";

/** One page of a listing, and the headers that lead to the next. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly headers: Record<string, string>;
}

/** How a listing is cut into pages. */
export interface PageOptions<Item> {
  readonly defaultLimit: number;
  readonly maxLimit: number;
  /**
   * The name of an item, for a listing whose cursor names the last item of a page: base64 of
   * base64(`{"file_name": …}`) and `:<limit>`, as the Hub's trees have it (allenai/c4, 2026-09-23).
   * Some clients make such cursors themselves.
   */
  readonly nameOf?: (item: Item) => string;
}

/**
 * Cuts the page that `limit` and `cursor` ask for out of all items. The next page's address is
 * absolute on the host of the request, in exactly the form that clients parse: `<url>; rel="next"`.
 */
export function page<Item>(
  c: HubContext,
  all: readonly Item[],
  { defaultLimit, maxLimit, nameOf }: PageOptions<Item>,
): Page<Item> {
  const limit = Math.min(maxLimit, readLimit(c) ?? defaultLimit);
  const start = nameOf ? readNameCursor(c, all, nameOf) : readCursor(c);
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  if (last === undefined || start + limit >= all.length) return { items, headers: {} };
  const query = new URL(c.req.url).searchParams;
  if (nameOf) {
    query.set("limit", String(limit));
    const position = Buffer.from(JSON.stringify({ file_name: nameOf(last) })).toString("base64");
    query.set("cursor", Buffer.from(`${position}:${limit}`).toString("base64"));
  } else query.set("cursor", Buffer.from(String(start + limit)).toString("base64url"));
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

/** The index behind the item that the cursor names. */
function readNameCursor<Item>(
  c: HubContext,
  all: readonly Item[],
  nameOf: (item: Item) => string,
): number {
  const text = c.req.query("cursor");
  if (text === undefined) return 0;
  const [position = ""] = Buffer.from(text, "base64").toString("latin1").split(":");
  try {
    const { file_name: name } = JSON.parse(Buffer.from(position, "base64").toString()) as {
      file_name: unknown;
    };
    const at = all.findIndex((item) => nameOf(item) === name);
    if (at !== -1) return at + 1;
  } catch {
    // reported below
  }
  throw badRequest("Invalid cursor");
}

/** A boolean of the query in any spelling that clients use: `true`, `True`, `1`. */
export function flag(c: HubContext, name: string): boolean {
  return /^(?:true|1|on|yes)$/i.test(c.req.query(name) ?? "");
}
