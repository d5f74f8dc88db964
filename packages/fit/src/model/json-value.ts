/** A parsed JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a parsed JSON value is an object (no array, no null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The own field `name` of a parsed JSON value. Undefined when there is none. */
export function field(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The object in field `name`. Undefined when there is none. */
export function objectField(value: unknown, name: string): JsonObject | undefined {
  const found = field(value, name);
  return isObject(found) ? found : undefined;
}

/** The string in field `name`, when it is no longer than 500 characters. */
export function stringField(value: unknown, name: string): string | undefined {
  const found = field(value, name);
  return typeof found === "string" && found.length <= 500 ? found : undefined;
}

/** The strings of the array in field `name` (or the one string there). */
export function stringsField(value: unknown, name: string): readonly string[] {
  const found = field(value, name);
  const list: readonly unknown[] = Array.isArray(found) ? found : [found];
  return list.filter((item) => typeof item === "string" && item.length <= 500) as string[];
}

/**
 * Parses JSON as Python writes it: `NaN` and `Infinity`, which real configs contain, become null. Undefined when it is
 * no JSON object.
 */
export function parseJsonObject(text: string | undefined): JsonObject | undefined {
  if (text === undefined) return undefined;
  return parsed(text) ?? parsed(text.replace(STRING_OR_NON_FINITE, nullForNonFinite));
}

const STRING_OR_NON_FINITE = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;
const nullForNonFinite = (match: string): string => (match.startsWith('"') ? match : "null");

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
