import type { ResponseHeaders } from "./transport.ts";

type HeaderValue = string | readonly string[] | undefined;

/** Headers of a response from name and value pairs in any case. Repeated ones are joined with `, `. */
export function responseHeaders(
  entries: Iterable<readonly [name: string, value: HeaderValue]>,
): ResponseHeaders {
  const map = new Map<string, string>();
  for (const [name, value] of entries) {
    if (value === undefined) continue;
    const key = name.toLowerCase();
    const text = typeof value === "string" ? value : value.join(", ");
    const before = map.get(key);
    map.set(key, before === undefined ? text : `${before}, ${text}`);
  }
  return { get: (name) => map.get(name.toLowerCase()), entries: () => map.entries() };
}
