import { RegistryError } from "../errors.ts";
import { editDistance } from "./edit-distance.ts";

/** A bound on a number. Both ends belong to it unless they are marked as open. */
export interface NumberRange {
  readonly min?: number;
  readonly max?: number;
  readonly minOpen?: true;
  readonly maxOpen?: true;
}

/** Filters of a query by their key. Several values of one key mean any of them. */
export interface QueryFilters {
  readonly author?: readonly string[];
  readonly license?: readonly string[];
  readonly arch?: readonly string[];
  readonly task?: readonly string[];
  readonly gated?: boolean;
  /** Bits a weight. */
  readonly bits?: readonly NumberRange[];
  /** Bytes of the weights. */
  readonly size?: readonly NumberRange[];
  readonly params?: readonly NumberRange[];
  readonly downloads?: readonly NumberRange[];
  /** Fits into this machine's memory. */
  readonly fits?: boolean;
  /** Is in the cache. */
  readonly here?: boolean;
}

/** A query as the one language of command line, library and page says it. */
export interface CatalogueQuery {
  readonly words: readonly string[];
  /** Must stand in the name as they are, whatever separates their words. */
  readonly phrases: readonly string[];
  /** Words and phrases that must not occur. */
  readonly without: readonly string[];
  readonly filters: QueryFilters;
}

type TextKey = "author" | "license" | "arch" | "task";
type NumberKey = "bits" | "size" | "params" | "downloads";
type FlagKey = "fits" | "here" | "gated";

const TEXT_KEYS: ReadonlySet<string> = new Set(["author", "license", "arch", "task"]);
const NUMBER_KEYS: ReadonlySet<string> = new Set(["bits", "size", "params", "downloads"]);
const FLAG_KEYS: ReadonlySet<string> = new Set(["fits", "here", "gated"]);

/** Every key of the query language, in the order in which they are explained. */
export const QUERY_KEYS: readonly string[] = [...TEXT_KEYS, ...NUMBER_KEYS, ...FLAG_KEYS, "not"];

/** People's other words for the keys. */
const SYNONYMS: Readonly<Record<string, string>> = {
  owner: "author",
  org: "author",
  licence: "license",
  architecture: "arch",
  quant: "bits",
  quantization: "bits",
  parameters: "params",
  pipeline: "task",
};

const LONGEST = 500;
const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  b: 1e9,
  t: 1e12,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/**
 * Reads a query: words in any order, `"a phrase"`, `-word` or `not:word`, `key:value` and the flags `fits`, `here`, `gated`. Values of
 * a text key and numbers may be lists (`bits:4,8`). Numbers take `<`, `<=`, `>`, `>=` and `a..b`, with units. Throws
 * `registry/invalid-query`, which names the key that was probably meant.
 */
export function parseQuery(text: string): CatalogueQuery {
  if (text.length > LONGEST) throw invalid(`The query is longer than ${LONGEST} characters`);
  const words: string[] = [];
  const phrases: string[] = [];
  const without: string[] = [];
  const filters: Record<string, unknown> = {};
  for (const token of tokensOf(text)) {
    const { negated, key, value, quoted } = token;
    // For command lines, where a word with a dash is an option.
    if (key?.toLowerCase() === "not" && !negated && value !== "") without.push(value);
    else if (key !== undefined) addFilter(filters, { key, value, negated });
    else if (negated) without.push(value);
    else if (quoted) phrases.push(value);
    else words.push(value);
  }
  for (const word of words.splice(0)) {
    const flag = word.toLowerCase();
    if (FLAG_KEYS.has(flag)) filters[flag] = true;
    else words.push(word);
  }
  for (const word of without.splice(0)) {
    const flag = word.toLowerCase();
    if (FLAG_KEYS.has(flag)) filters[flag] = false;
    else without.push(word);
  }
  return { words, phrases, without, filters };
}

interface Token {
  readonly negated: boolean;
  readonly key: string | undefined;
  readonly value: string;
  readonly quoted: boolean;
}

function* tokensOf(text: string): Generator<Token, void, undefined> {
  const pattern =
    /(?<minus>-?)(?:(?<key>[\p{L}\p{N}_-]+):(?:"(?<quotedValue>[^"]*)"?|(?<bareValue>[^\s"]*))|"(?<quoted>[^"]*)"?|(?<bare>[^\s"]+))/gu;
  for (const { groups = {} } of text.matchAll(pattern)) {
    const quoted = groups["quotedValue"] ?? groups["quoted"];
    const value = (quoted ?? groups["bareValue"] ?? groups["bare"] ?? "").trim();
    const key = groups["key"];
    if (value === "" && key === undefined) continue;
    yield { negated: groups["minus"] === "-", key, value, quoted: quoted !== undefined };
  }
}

interface GivenFilter {
  readonly key: string;
  readonly value: string;
  readonly negated: boolean;
}

function addFilter(filters: Record<string, unknown>, { key: given, value, negated }: GivenFilter) {
  const lower = given.toLowerCase();
  const key = SYNONYMS[lower] ?? lower;
  if (!QUERY_KEYS.includes(key)) throw unknownKey(given, value);
  if (value === "") throw invalid(`Nothing follows ${key}:`, { key });
  if (key === "not") throw invalid("-not: leaves nothing out", { key });
  if (FLAG_KEYS.has(key)) {
    const flag = readFlag(key as FlagKey, value);
    filters[key] = negated ? !flag : flag;
    return;
  }
  if (negated) {
    throw invalid(`-${key}: cannot be left out by a minus`, { key });
  }
  const parts = value.split(",").filter((part) => part !== "");
  const values = TEXT_KEYS.has(key)
    ? parts.map((part) => part.toLowerCase())
    : parts.map((part) => readRange(key as NumberKey, part));
  const before = (filters[key as TextKey | NumberKey] ?? []) as readonly unknown[];
  filters[key] = [...before, ...values];
}

function readFlag(key: FlagKey, value: string): boolean {
  if (/^(?:yes|true|1)$/i.test(value)) return true;
  if (/^(?:no|false|0)$/i.test(value)) return false;
  throw invalid(`${key}: takes yes or no, not ${value}`, { key });
}

function readRange(key: NumberKey, text: string): NumberRange {
  const between = /^(?<from>[^<>=.]+(?:\.\d+[^.]*)?)?\.\.(?<to>.+)?$/u.exec(text)?.groups;
  if (between) {
    const { from, to } = between;
    if (from === undefined && to === undefined) throw badNumber(key, text);
    return {
      ...(from !== undefined && { min: readNumber(key, from) }),
      ...(to !== undefined && { max: readNumber(key, to) }),
    };
  }
  const { sign = "", rest = "" } = /^(?<sign>[<>]=?|=)?(?<rest>.*)$/u.exec(text)?.groups ?? {};
  const value = readNumber(key, rest);
  if (sign === "<") return { max: value, maxOpen: true };
  if (sign === "<=") return { max: value };
  if (sign === ">") return { min: value, minOpen: true };
  if (sign === ">=") return { min: value };
  // Tables show two digits, so an exact size means a span around it.
  if (key === "size" || key === "params") return { min: value * 0.95, max: value * 1.05 };
  return { min: value, max: value };
}

function readNumber(key: NumberKey, text: string): number {
  const { digits, unit = "" } =
    /^(?<digits>\d{1,15}(?:\.\d{1,6})?)\s*(?<unit>[a-z]*)$/iu.exec(text.trim())?.groups ?? {};
  const lower = unit.toLowerCase();
  const factor = key === "bits" ? (/^(?:-?bits?)?$/.test(lower) ? 1 : undefined) : UNITS[lower];
  if (digits === undefined || factor === undefined) throw badNumber(key, text);
  return Number(digits) * factor;
}

function badNumber(key: NumberKey, text: string): RegistryError {
  const example = {
    bits: "bits:4",
    size: "size:<20GB",
    params: "params:>=7B",
    downloads: "downloads:>1000",
  };
  return new RegistryError(`${key}: does not understand ${text}`, "registry/invalid-query", {
    hint: `Write it like ${example[key]}.`,
    data: { key, value: text },
  });
}

function unknownKey(key: string, value: string): RegistryError {
  const near = [...QUERY_KEYS, ...Object.keys(SYNONYMS)]
    .map((known) => ({ known: SYNONYMS[known] ?? known, distance: editDistance(key, known, 2) }))
    .filter(({ distance }) => distance !== undefined)
    .toSorted((a, b) => (a.distance ?? 0) - (b.distance ?? 0))[0]?.known;
  return new RegistryError(`A query has no key ${key}:`, "registry/invalid-query", {
    hint:
      near === undefined
        ? `Write the words apart (${key} ${value}), or use one of ${QUERY_KEYS.join(", ")}.`
        : `Did you mean ${near}:${value}?`,
    data: { key, near: near ?? null, keys: QUERY_KEYS },
  });
}

function invalid(message: string, data: Readonly<Record<string, unknown>> = {}): RegistryError {
  return new RegistryError(message, "registry/invalid-query", {
    hint: `Write words, "a phrase", -word, and ${QUERY_KEYS.map((key) => `${key}:`).join(" ")}`,
    data,
  });
}
