/** The meaning of an SQLite error for the registry, by its primary result code (https://www.sqlite.org/rescode.html). */
export type SqliteFailure = "damaged" | "busy" | "read-only" | "full" | "other";

const CODES: Readonly<Record<number, SqliteFailure>> = {
  5: "busy",
  6: "busy",
  8: "read-only",
  11: "damaged",
  13: "full",
  26: "damaged",
};

/** Sorts an error of `node:sqlite`. Undefined for any other error. */
export function sqliteFailure(error: unknown): SqliteFailure | undefined {
  if (!(error instanceof Error) || !("errcode" in error)) return undefined;
  const { errcode } = error;
  if (typeof errcode !== "number") return undefined;
  // A file cut to nothing opens as an empty database without its tables.
  if (error.message.startsWith("no such table")) return "damaged";
  return CODES[errcode & 0xff] ?? "other";
}
