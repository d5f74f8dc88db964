/** A value that differs: dotted key, old and new value. Undefined on the side that lacks it. */
export interface ValueChange {
  readonly key: string;
  readonly from: unknown;
  readonly to: unknown;
}

/** Deeper objects are compared as a whole. */
const DEEPEST = 6;
/** A quantization with settings for every layer has thousands of keys, which say no more than these. */
const MOST = 200;

/**
 * The keys in which two JSON texts differ, sorted, objects by dotted paths, lists as a whole; 200 at most. A text that is no JSON
 * object counts as an empty one.
 */
export function diffJson(from: string | undefined, to: string | undefined): readonly ValueChange[] {
  const changes: ValueChange[] = [];
  const walk = (a: unknown, b: unknown, path: readonly string[]): void => {
    if (changes.length >= MOST || isEqual(a, b)) return;
    if (path.length < DEEPEST && isObject(a) && isObject(b)) {
      const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].toSorted();
      for (const key of keys) walk(own(a, key), own(b, key), [...path, key]);
    } else changes.push({ key: path.join("."), from: a, to: b });
  };
  walk(objectOf(from), objectOf(to), []);
  return changes;
}

type JsonObject = Readonly<Record<string, unknown>>;

function objectOf(text: string | undefined): JsonObject {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const own = (value: JsonObject, key: string): unknown =>
  Object.hasOwn(value, key) ? value[key] : undefined;

/** Equal as JSON, whatever the order of keys. */
function isEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, at) => isEqual(item, b[at]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]))
  );
}
