import { CacheError } from "../names/errors.ts";
import { parseAge, parseBytes } from "./amounts.ts";

/** The facts about a revision in the cache that a condition can test. */
export interface FilterSubject {
  readonly repoId: string;
  readonly repoType: string;
  /** Bytes of the revision. */
  readonly size: number;
  /** Unix time in ms. */
  readonly usedAt: number;
  readonly modifiedAt: number;
  readonly refs: readonly string[];
  /** Whether it is an MLX model. Called only for `mlx=`. */
  readonly isMlx?: (() => Promise<boolean>) | undefined;
}

const OPERATORS = [">=", "<=", "!=", "=", ">", "<"] as const;
type Operator = (typeof OPERATORS)[number];

/** One condition, understood. */
export interface CacheFilter {
  /** As it was written. */
  readonly text: string;
  matches(subject: FilterSubject, now: number): Promise<boolean>;
}

const TYPES = ["model", "dataset", "space", "kernel"];
const GRAMMAR =
  "Write key, operator, value without spaces: size>10GB, accessed>30d, modified<2w, type=model, refs=none, name=org/*, mlx=true.";

/**
 * Parses a condition: `size` (see `parseBytes`), `accessed` and `modified` (ages: s m h d w mo y, so
 * `accessed>30d` means not used for 30 days), `type`, `refs` (a ref's name or `none`), `name` (an
 * id with `*`), `mlx` (`true`, `false`). Operators: `= != > < >= <=`. Throws `cache/invalid-filter`
 * with the valid forms.
 */
export function parseCacheFilter(text: string): CacheFilter {
  const match = /^\s*([a-z_]+)\s*(>=|<=|!=|=|>|<)\s*(.*?)\s*$/i.exec(text);
  if (match === null) throw invalid(text, "it is not key, operator, value", GRAMMAR);
  const key = (match[1] ?? "").toLowerCase();
  const operator = OPERATORS.find((candidate) => candidate === match[2]) ?? "=";
  const value = match[3] ?? "";
  if (value === "") throw invalid(text, "it has no value", GRAMMAR);
  return { text, matches: understand(text, key, { operator, value }) };
}

function understand(
  text: string,
  key: string,
  { operator, value }: { operator: Operator; value: string },
): CacheFilter["matches"] {
  switch (key) {
    case "size": {
      const bytes = parseBytes(value);
      if (bytes === undefined)
        throw invalid(text, `${value} is no size`, "Write 500MB, 1.5GB or a number of bytes.");
      return async ({ size }) => compare(size, operator, bytes);
    }
    case "accessed":
    case "modified": {
      const age = parseAge(value);
      if (age === undefined) {
        throw invalid(
          text,
          `${value} is not an age`,
          "Write 12h, 30d, 2w, 6mo or 1y (m is minutes).",
        );
      }
      return async ({ usedAt, modifiedAt }, now) =>
        compare(now - (key === "accessed" ? usedAt : modifiedAt), operator, age);
    }
    case "type":
      if (!TYPES.includes(value.toLowerCase())) {
        throw invalid(text, `${value} is no repo type`, `Use one of ${TYPES.join(", ")}.`);
      }
      return equality(text, operator, ({ repoType }) => repoType === value.toLowerCase());
    case "refs":
      return equality(text, operator, ({ refs }) =>
        value === "none" ? refs.length === 0 : refs.includes(value),
      );
    case "name": {
      const pattern = new RegExp(`^${value.split("*").map(escapePattern).join(".*")}$`, "i");
      return equality(text, operator, ({ repoId }) => pattern.test(repoId));
    }
    case "mlx":
      if (!/^(?:true|false|yes|no)$/i.test(value)) {
        throw invalid(text, `${value} is neither true nor false`, "Write mlx=true or mlx=false.");
      }
      return equality(
        text,
        operator,
        async ({ isMlx }) => ((await isMlx?.()) ?? false) === /^(?:true|yes)$/i.test(value),
      );
    default:
      throw invalid(
        text,
        `${key} is no key`,
        "The keys are size, accessed, modified, type, refs, name and mlx.",
      );
  }
}

function escapePattern(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9_]/g, String.raw`\$&`);
}

function equality(
  text: string,
  operator: Operator,
  holds: (subject: FilterSubject) => boolean | Promise<boolean>,
): CacheFilter["matches"] {
  if (operator !== "=" && operator !== "!=") {
    throw invalid(text, `${operator} compares amounts`, "Use = or != with this key.");
  }
  return async (subject) => (await holds(subject)) === (operator === "=");
}

function compare(actual: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case ">":
      return actual > limit;
    case "<":
      return actual < limit;
    case ">=":
      return actual >= limit;
    case "<=":
      return actual <= limit;
    case "=":
      return actual === limit;
    case "!=":
      return actual !== limit;
  }
}

function invalid(text: string, why: string, hint: string): CacheError {
  return new CacheError(
    `${JSON.stringify(text)} is not a condition: ${why}`,
    "cache/invalid-filter",
    { hint, data: { filter: text } },
  );
}
