import { isIP } from "node:net";
import { replaceSecrets } from "./secrets.ts";

/**
 * A URL fit for messages, events and logs. User info and fragment are removed. Only the names of query parameters stay,
 * since signatures and policies of CDN links are bearer secrets. Text that is not a URL becomes `<invalid url>`.
 */
export function redactUrl(url: URL | string): string {
  const parsed = typeof url === "string" ? URL.parse(url) : url;
  if (!parsed) return "<invalid url>";
  const names = [...new Set(parsed.searchParams.keys())].map(
    (name) => `${encodeURIComponent(name.slice(0, 64))}=…`,
  );
  const query = names.length === 0 ? "" : `?${names.slice(0, 8).join("&")}`;
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}${query}`;
}

/** Foreign text (a server's or library's message) fit for our own: one line, at most `limit` characters, no tokens. */
export function redactText(text: string, limit = 300): string {
  const line = replaceSecrets(text, "<secret>")
    // oxlint-disable-next-line no-control-regex -- terminals act on control characters that servers send
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\s]+/g, " ")
    .replaceAll(/https?:\/\/[^\s"'<>]+/g, (url) => redactUrl(url))
    .replaceAll(/\?[\w.%~-]+=[^\s"'<>)]*/g, withoutValues)
    .trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}

/** The query of a link that was cut from its host, with the names of its parameters alone. */
function withoutValues(query: string): string {
  return query.replaceAll(/([?&;][^=&;]{1,64})=[^&;]*/g, "$1=…");
}

/**
 * {@link redactText} for a server's messages. It also removes addresses, since rate limits and signed links name the
 * caller's own (`your IP (192.0.2.7)`, `xip=`).
 */
export function redactServerText(text: string, limit = 300): string {
  // Before it is cut: half an address is one too.
  const hidden = text
    .replaceAll(/\bxip=[^\s&"'<>]*/gi, "xip=…")
    .replaceAll(/[\da-f]*[:.][\da-f:.]*(?:%\w+)?/gi, hideAddress);
  return redactText(hidden, limit);
}

/** An IPv4 or IPv6 address, with its port or the full stop of its sentence, without the address. */
function hideAddress(word: string): string {
  const [, address = "", rest = ""] = /^(.*?)([.:]*)$/.exec(word) ?? [];
  if (isIP(address.replace(/%.*$/, "")) !== 0) return `…${rest}`;
  const [, host = "", port = ""] = /^([\d.]+)(:\d+)$/.exec(address) ?? [];
  return isIP(host) === 4 ? `…${port}${rest}` : word;
}
