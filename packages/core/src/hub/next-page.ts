/** The target of `rel="next"` in a `Link` header (RFC 8288), relative to `base`. Undefined when there is none. */
export function parseNextLink(header: string | undefined, base: URL): URL | undefined {
  // Anchored and without nested repetition, so that a hostile header costs linear time.
  for (const part of (header ?? "").slice(0, 16_384).split(/,(?=\s*<)/)) {
    const open = part.indexOf("<");
    const close = part.indexOf(">", open);
    if (
      open < 0 ||
      close < 0 ||
      !/;\s*rel\s*=\s*(?:"[^"]*\bnext\b[^"]*"|next\b)/i.test(part.slice(close))
    ) {
      continue;
    }
    const target = URL.parse(part.slice(open + 1, close).trim(), base.href);
    if (target?.protocol === "http:" || target?.protocol === "https:") return target;
  }
  return undefined;
}

/**
 * Where the next page of a listing is to be asked for. Mirrors pass the Hub's own `Link` on: a target on another
 * origin is never followed, only its query (the cursor) is put on the address of this page.
 */
export function nextPage(link: string | undefined, current: URL): URL | undefined {
  const target = parseNextLink(link, current);
  if (!target || target.origin === current.origin) return target;
  const next = new URL(current);
  next.search = target.search;
  return next;
}
