import { lockError } from "./lock-error.ts";

/** An object of JSON, its fields not yet checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A project's models take a few hundred kilobytes. A larger file is something else. */
const MOST_BYTES = 64 << 20;

/**
 * Parses a file of a project. Throws `lock/conflict` where a merge left its markers, `lock/invalid` for text that is no JSON
 * object.
 */
export function readJson(text: string, file: string): JsonObject {
  if (text.length > MOST_BYTES) throw invalid(file, "is far too large");
  const clean = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const marker = /^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/m.exec(clean);
  if (marker) {
    const line = clean.slice(0, marker.index).split("\n").length;
    throw lockError(
      "lock/conflict",
      `${file} has the markers of a merge conflict, from line ${line}`,
      {
        hint:
          file === "mlx-models.lock"
            ? "Resolve mlx-models.json, take either side of the lock, then run mlx-download install."
            : "Keep the models of both sides and remove the markers.",
        file,
        line,
      },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(clean);
  } catch (error) {
    throw invalid(file, `is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isObject(value)) throw invalid(file, "is no JSON object");
  return value;
}

/** Whether a value is an object with named fields. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(file: string, problem: string): Error {
  return lockError("lock/invalid", `${file} ${problem}`, {
    hint: "Correct the file, or take an earlier version of it from your repository.",
    file,
  });
}

/** A list of patterns as in manifest and lock. Throws `lock/invalid` by `fail`. */
export function patternsOf(value: unknown, fail: (problem: string) => Error): readonly string[] {
  if (value === undefined) return [];
  const isPattern = (item: unknown): item is string =>
    typeof item === "string" && item !== "" && item.length <= 500 && !/\p{Cc}/u.test(item);
  if (!Array.isArray(value) || !value.every(isPattern)) throw fail("is no list of patterns");
  return value;
}

/** JSON as manifest and lock are written: keys as given, two spaces, one line a file, a newline at the end. */
export function writeJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

/** By the bytes of UTF-8, the same in every language and locale. */
export function byName(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
