import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { loadSqlite } from "./load-sqlite.ts";
import { migrations } from "./migrations.ts";
import { sqliteFailure } from "./sqlite-failure.ts";

/** `MLXd`: marks the file as ours. */
const APPLICATION_ID = 0x4d4c5864;
/** SQLite's name for a database without a file. */
const MEMORY = ":memory:";
/** How long a statement waits for another process, in ms. */
const BUSY_MS = 5000;
/** The number of damaged files that are kept for inspection. */
const KEPT_ASIDE = 2;

/** A fact that the user should know about the opened database. `message` is one line. */
export interface RegistryNotice {
  readonly code: "set-aside" | "read-only" | "newer" | "no-wal" | "in-memory";
  readonly message: string;
}

/** An open database and the state in which it was found. */
export interface OpenedDatabase {
  readonly db: DatabaseSync;
  /** Nothing can be written: by its permissions, or because a newer version of this program wrote it. */
  readonly readOnly: boolean;
  /** The version of its tables is newer than this program. */
  readonly newer: boolean;
  readonly notices: readonly RegistryNotice[];
}

/** How a database is opened. */
export interface OpenDatabaseOptions {
  /** One of SQLite's file layers, e.g. `unix-dotfile` on file systems without locks. */
  readonly vfs?: string | undefined;
  /** How long a statement waits for other processes, in ms. Default: 5000. */
  readonly waitMs?: number | undefined;
}

/**
 * Opens the database at `path` in any state. A damaged one is renamed to `….damaged-<time>` and replaced by an
 * empty one. One that cannot be written is only read. If none can be opened, an empty one in memory takes its place.
 * Never throws.
 */
export function openDatabase(path: string, options: OpenDatabaseOptions = {}): OpenedDatabase {
  const notices: RegistryNotice[] = [];
  if (path === MEMORY) return { db: emptyInMemory(), readOnly: false, newer: false, notices };
  try {
    mkdirSync(dirname(path), { recursive: true });
    return { ...openOrReplace(path, { ...options, notices }), notices };
  } catch (error) {
    const stored = readOnly(path);
    if (stored) {
      notices.push({ code: "read-only", message: `${path} is read-only: nothing is recorded` });
      return { db: stored, readOnly: true, newer: versionOf(stored) > migrations.length, notices };
    }
    const reason = error instanceof Error ? error.message : String(error);
    notices.push({
      code: "in-memory",
      message: `${path} cannot be opened (${reason}): nothing is recorded`,
    });
    return { db: emptyInMemory(), readOnly: false, newer: false, notices };
  }
}

function emptyInMemory(): DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  const db = new DatabaseSync(MEMORY);
  migrate(db);
  return db;
}

interface Opening extends OpenDatabaseOptions {
  readonly notices: RegistryNotice[];
}

function openOrReplace(path: string, opening: Opening): Omit<OpenedDatabase, "notices"> {
  const found = identityOf(path);
  try {
    return openSound(path, opening);
  } catch (error) {
    if (sqliteFailure(error) !== "damaged") throw error;
    const aside = setAside(path, found);
    if (aside) opening.notices.push(asideNotice(path, aside));
    return openSound(path, opening);
  }
}

/** Throws errors of SQLite, and one that counts as damage for a database that is not ours. */
function openSound(
  path: string,
  { vfs, notices, waitMs = BUSY_MS }: Opening,
): { db: DatabaseSync; readOnly: boolean; newer: boolean } {
  const { DatabaseSync } = loadSqlite();
  const url = pathToFileURL(path);
  if (vfs !== undefined) url.searchParams.set("vfs", vfs);
  const db = new DatabaseSync(url, { timeout: waitMs });
  try {
    const version = versionOf(db);
    if (version > migrations.length) {
      notices.push({
        code: "newer",
        message: `${path} was written by a newer mlx-download: it is read, not written`,
      });
      db.close();
      return { db: new DatabaseSync(url, { readOnly: true }), readOnly: true, newer: true };
    }
    const mode = db.prepare("pragma journal_mode=wal").get()?.["journal_mode"];
    // Network file systems have no shared memory. SQLite then keeps its previous journal mode.
    if (mode !== "wal") {
      db.exec("pragma journal_mode=delete");
      notices.push({ code: "no-wal", message: `${path}: the file system has no write-ahead log` });
    }
    db.exec("pragma synchronous=normal; pragma cache_size=-6000");
    migrate(db);
    return { db, readOnly: false, newer: false };
  } catch (error) {
    if (db.isOpen) db.close();
    throw error;
  }
}

/** The version of its tables: 0 for an empty file. Throws an error that counts as damage for another program's file. */
function versionOf(db: DatabaseSync): number {
  const version = Number(db.prepare("pragma user_version").get()?.["user_version"]);
  const application = Number(db.prepare("pragma application_id").get()?.["application_id"]);
  const tables = Number(db.prepare("select count(*) as n from sqlite_schema").get()?.["n"]);
  const fresh = version === 0 && application === 0 && tables === 0;
  if (!fresh && application !== APPLICATION_ID) throw notOurs();
  return version;
}

function notOurs(): Error {
  return Object.assign(new Error("file is not a database of mlx-download"), { errcode: 26 });
}

function migrate(db: DatabaseSync): void {
  if (versionOf(db) === migrations.length) return;
  db.exec("begin immediate");
  try {
    // Another process may have done it while this one waited.
    for (const script of migrations.slice(versionOf(db))) db.exec(script);
    db.exec(`pragma application_id=${APPLICATION_ID}; pragma user_version=${migrations.length}`);
    db.exec("commit");
  } catch (error) {
    if (db.isTransaction) db.exec("rollback");
    throw error;
  }
}

/** Reads a database whose folder or file cannot be written. Undefined when none can be read. */
function readOnly(path: string): DatabaseSync | undefined {
  const { DatabaseSync } = loadSqlite();
  const plain = pathToFileURL(path);
  const frozen = new URL(plain);
  // Without a writable folder there can be no shared memory, which reading a write-ahead log wants.
  frozen.searchParams.set("immutable", "1");
  for (const url of [plain, frozen]) {
    try {
      const db = new DatabaseSync(url, { readOnly: true, timeout: BUSY_MS });
      if (versionOf(db) > 0) return db;
      db.close();
    } catch {
      // The next way, or none.
    }
  }
  return undefined;
}

/** The identity of the file at `path`. Undefined when there is none. */
export function identityOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat && `${stat.dev}:${stat.ino}`;
}

/**
 * Renames the damaged database and its log. Returns the new path. Undefined when another process has already replaced
 * the file that was `found`.
 */
export function setAside(path: string, found: string | undefined): string | undefined {
  if (found === undefined || identityOf(path) !== found) return undefined;
  const aside = `${path}.damaged-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
  renameSync(path, aside);
  for (const suffix of ["-wal", "-shm"]) rmSync(path + suffix, { force: true });
  const folder = dirname(path);
  const before = readdirSync(folder)
    .filter((name) => name.startsWith(`${basename(path)}.damaged-`))
    .toSorted();
  for (const name of before.slice(0, -KEPT_ASIDE)) rmSync(join(folder, name), { force: true });
  return aside;
}

/** The line that tells of a database that was set aside. */
export function asideNotice(path: string, aside: string): RegistryNotice {
  return {
    code: "set-aside",
    message: `${basename(path)} was damaged and is kept as ${basename(aside)}; a new one was begun`,
  };
}
