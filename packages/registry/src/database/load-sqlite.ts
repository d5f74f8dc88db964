type Sqlite = typeof import("node:sqlite");

let loaded: Sqlite | undefined;

/** Node's SQLite, loaded when it is first needed, without the note on standard error that Node 22 gives on loading it. */
export function loadSqlite(): Sqlite {
  if (loaded) return loaded;
  const emitWarning = process.emitWarning.bind(process);
  // Loading is synchronous, so that no other warning can be meant.
  process.emitWarning = () => {};
  try {
    loaded = process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
  return loaded;
}
