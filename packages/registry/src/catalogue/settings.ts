import type { DatabaseSync } from "node:sqlite";

/** Reads a small value that the database keeps by name. Undefined where there is none or it is not JSON. */
export function readSetting(db: DatabaseSync, name: string): unknown {
  const row = db.prepare("select value from setting where name = ?").get(name);
  if (typeof row?.["value"] !== "string") return undefined;
  try {
    return JSON.parse(row["value"]) as unknown;
  } catch {
    return undefined;
  }
}

/** Keeps a small value by name. Undefined removes it. */
export function writeSetting(db: DatabaseSync, name: string, value: unknown): void {
  if (value === undefined) db.prepare("delete from setting where name = ?").run(name);
  else {
    db.prepare("insert or replace into setting (name, value) values (?, ?)").run(
      name,
      JSON.stringify(value),
    );
  }
}
