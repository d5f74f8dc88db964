import type { RecordedAnswer } from "./recording.ts";

/** Headers that a client may depend on. What is not named here is not kept. */
const KEPT = new Set([
  "accept-ranges",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-range",
  "content-type",
  "etag",
  "link",
  "location",
  "ratelimit",
  "ratelimit-policy",
  "retry-after",
  "vary",
  "www-authenticate",
  "x-error-code",
  "x-error-message",
  "x-hf-warning",
  "x-linked-etag",
  "x-linked-size",
  "x-repo-commit",
  "x-request-id",
  "x-total-count",
  "x-xet-hash",
]);

/** Keys whose texts say what kind of thing something is: these are kept as they are. */
const KINDS = new Set(["error", "gated", "level", "role", "safety", "status", "type"]);
const MAX_TEXT = 2000;

/** An answer as it came. */
export interface PlainAnswer {
  readonly question: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Where it was seen. */
export interface Seen {
  readonly endpoint: string;
  readonly source: string;
  readonly today: string;
}

/**
 * The answer without what belongs to a person, a moment or a machine: digests, dates, numbers, ids, addresses and names
 * become their kind in angle brackets, and of a list every kind of item is kept once. Tokens, emails, addresses of
 * callers and the values of signed links never stay.
 */
export function generalizeAnswer(answer: PlainAnswer, seen: Seen): RecordedAnswer {
  const kept = [...answer.headers].filter(([name]) => KEPT.has(name));
  const headers = Object.fromEntries(
    kept.map(([name, value]) => [name, generalizeHeader(name, value, seen.endpoint)]),
  );
  const { source, today: seenOn } = seen;
  const { question, status } = answer;
  const body = generalizeBody(answer);
  return { question, source, seenOn, status, headers, ...(body === undefined ? {} : { body }) };
}

function generalizeHeader(name: string, value: string, endpoint: string): string {
  if (name === "link" || name === "location") return generalizeLinks(value, endpoint);
  if (name === "x-linked-size" || name === "x-total-count" || name === "retry-after") {
    return /^\d+$/.test(value) ? "<number>" : generalizeText(value);
  }
  if (name === "ratelimit") return value.replaceAll(/([rt])=\d+/g, "$1=<number>");
  if (name === "content-range") return value.replace(/\/\d+$/, "/<number>");
  if (name === "x-request-id") return value.replaceAll(/[0-9a-f]{8,}(?:-[0-9a-f-]+)?/g, "<id>");
  if (name.endsWith("etag")) {
    return generalizeText(value).replace(/^W\/"[^"<]+"$/, 'W/"<tag>"');
  }
  return generalizeText(value);
}

/** Every address in a header: hosts by what they are for, signed queries by their keys in order of the alphabet. */
function generalizeLinks(value: string, endpoint: string): string {
  const one = (text: string): string => {
    const url = URL.parse(text, endpoint);
    if (!url) return generalizeText(text);
    const isHub = url.host === new URL(endpoint).host;
    const isSigned = url.searchParams.has("Signature") || url.searchParams.has("X-Amz-Signature");
    const isCas = url.pathname.includes("/reconstructions/");
    const keys = [...new Set(url.searchParams.keys())].toSorted().map(generalizeText);
    const base = new URL(endpoint).pathname.replace(/\/$/, "");
    const isBelow = isHub && url.pathname.startsWith(`${base}/`);
    const path = isSigned
      ? "/<path>"
      : generalizeText(url.pathname.slice(isBelow ? base.length : 0));
    const host = isHub
      ? /^https?:/.test(text)
        ? "<hub>"
        : ""
      : isCas
        ? "<cas>"
        : isSigned
          ? "<cdn>"
          : "<elsewhere>";
    return host + path + (keys.length > 0 ? `?${keys.join("&")}` : "");
  };
  return value.startsWith("<")
    ? value.replaceAll(/<([^>]*)>/g, (_, link: string) => `<${one(link)}>`)
    : one(value);
}

function generalizeBody({ status, headers, body }: PlainAnswer): unknown {
  if (body === "") return undefined;
  const type = headers.get("content-type") ?? "";
  if (type.startsWith("application/json")) return generalizeValue(JSON.parse(body) as unknown);
  // The text of an error or of a redirect says something; that of a file is the file.
  if (status >= 400 || body.length <= 2) return generalizeText(body);
  return status >= 300 ? undefined : "<text>";
}

/** A JSON value by the kinds of its parts. */
export function generalizeValue(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return distinct(value.map((item) => generalizeValue(item, key)));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [
        generalizeKey(name, key),
        generalizeValue(part, name),
      ]),
    );
  }
  if (typeof value === "number") return "<number>";
  if (typeof value === "string") {
    const general = generalizeText(value);
    return KINDS.has(key) || general.startsWith("<") ? general : "<text>";
  }
  return value;
}

/** Dtypes and providers are names of things, not of fields. */
function generalizeKey(name: string, parent: string): string {
  return parent === "parameters" || parent === "inferenceProviderMapping" ? "<name>" : name;
}

function distinct(items: readonly unknown[]): unknown[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()];
}

/** A text without what is particular in it; longer ones are cut. */
export function generalizeText(text: string): string {
  return text
    .replaceAll(/\bhf_\w+|\bey[\w-]+\.[\w-]+\.[\w-]+|\bBearer [\w.-]{20,}/g, "<token>")
    .replaceAll(/[\w.+-]+@[\w-]+\.[\w.]+/g, "<email>")
    .replaceAll(/\*{64}/g, "<masked>")
    .replaceAll(/\b[0-9a-f]{64}\b/g, "<sha256>")
    .replaceAll(/\b[0-9a-f]{40}\b/g, "<sha1>")
    .replaceAll(/\b[0-9a-f]{24}\b/g, "<id>")
    .replaceAll(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<uuid>")
    .replaceAll(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, "<date>")
    .replaceAll(/\b\d{1,3}(?:\.\d{1,3}){3}\b|\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f:]*/gi, "<address>")
    .replaceAll(/Token "[^"]*"/g, 'Token "<name>"')
    .slice(0, MAX_TEXT);
}
