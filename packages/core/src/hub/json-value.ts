/** Whether a parsed JSON value is an object (no array, no null). */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The string field `name` of a parsed JSON value. Undefined when there is none. */
export function stringField(value: unknown, name: string): string | undefined {
  const field = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return typeof field === "string" ? field : undefined;
}
