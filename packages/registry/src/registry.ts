import type { DatabaseSync } from "node:sqlite";
import {
  asideNotice,
  identityOf,
  openDatabase,
  type OpenDatabaseOptions,
  type RegistryNotice,
  setAside,
} from "./database/open-database.ts";
import { registryPath } from "./database/registry-path.ts";
import { sqliteFailure } from "./database/sqlite-failure.ts";
import { RegistryError } from "./errors.ts";

/** Which registry is opened, and who hears of its state. */
export interface RegistryOptions extends OpenDatabaseOptions {
  /** The database file. Default: see `registryPath`. `:memory:` is one that ends with its registry. */
  readonly path?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Told in one line each when the database was set aside, cannot be written or is newer. */
  readonly onNotice?: ((notice: RegistryNotice) => void) | undefined;
}

/** The open registry. Several processes may have the same one open. */
export interface Registry extends Disposable {
  /** Absolute path of the database file. */
  readonly path: string;
  readonly readOnly: boolean;
  /**
   * Reads. A database that turns out to be damaged is set aside, and `action` runs on a new, empty one. Throws
   * `registry/busy`, `registry/unavailable`, `registry/newer`.
   */
  read<T>(action: (db: DatabaseSync) => T): T;
  /**
   * Writes, in one transaction that takes its lock first: one that reads and then writes could fail at once where another
   * process writes. Waits `waitMs` (default 5000) for other processes. Throws `registry/read-only` beside those of `read`.
   */
  write<T>(action: (db: DatabaseSync) => T, options?: { readonly waitMs?: number }): T;
  close(): void;
}

/** Opens the registry. It never throws, in any state of its file. */
export function openRegistry(options: RegistryOptions = {}): Registry {
  const { onNotice, vfs, path = registryPath(options.env ?? process.env) } = options;
  let opened = open();
  let identity = identityOf(path);

  function open(): ReturnType<typeof openDatabase> {
    const found = openDatabase(path, { vfs, waitMs: options.waitMs });
    for (const notice of found.notices) onNotice?.(notice);
    return found;
  }

  /** Runs `action`. Runs it once more on a new database when this one is damaged. */
  function guarded<T>(action: (db: DatabaseSync) => T): T {
    try {
      return action(opened.db);
    } catch (error) {
      const failure = sqliteFailure(error);
      if (failure === undefined) throw error;
      if (failure !== "damaged" || opened.readOnly) throw registryError(error, failure);
      closeQuietly(opened.db);
      const aside = setAside(path, identity);
      if (aside) onNotice?.(asideNotice(path, aside));
      opened = open();
      identity = identityOf(path);
    }
    try {
      return action(opened.db);
    } catch (error) {
      const failure = sqliteFailure(error);
      throw failure === undefined ? error : registryError(error, failure);
    }
  }

  function registryError(error: unknown, failure: string): RegistryError {
    if (opened.newer) {
      return new RegistryError(`${path} was written by a newer mlx-download`, "registry/newer", {
        hint: "Update mlx-download, or move the file away: it is built again.",
        data: { path },
        cause: error,
      });
    }
    if (failure === "busy") {
      return new RegistryError(`Another process keeps ${path} locked`, "registry/busy", {
        hint: "Wait until the other mlx-download has finished, then run the same command.",
        data: { path },
        cause: error,
      });
    }
    if (failure === "read-only") return notWritable(path, error);
    const reason = error instanceof Error ? error.message : String(error);
    return new RegistryError(`${path} cannot be used: ${reason}`, "registry/unavailable", {
      hint: "Check the disk it lies on, or move the file away: it is built again.",
      data: { path },
      cause: error,
    });
  }

  const close = (): void => closeQuietly(opened.db);
  return {
    path,
    get readOnly() {
      return opened.readOnly;
    },
    read: guarded,
    write: (action, { waitMs } = {}) => {
      if (opened.readOnly) throw notWritable(path);
      return guarded((db) => inTransaction(db, action, waitMs));
    },
    close,
    [Symbol.dispose]: close,
  };
}

function inTransaction<T>(
  db: DatabaseSync,
  action: (db: DatabaseSync) => T,
  waitMs: number | undefined,
): T {
  if (waitMs !== undefined) db.exec(`pragma busy_timeout=${Math.round(waitMs)}`);
  try {
    db.exec("begin immediate");
  } finally {
    if (waitMs !== undefined) db.exec("pragma busy_timeout=5000");
  }
  try {
    const result = action(db);
    db.exec("commit");
    return result;
  } catch (error) {
    if (db.isTransaction) db.exec("rollback");
    throw error;
  }
}

function closeQuietly(db: DatabaseSync): void {
  try {
    if (db.isOpen) db.close();
  } catch {
    // A damaged database may not even close.
  }
}

function notWritable(path: string, cause?: unknown): RegistryError {
  return new RegistryError(`${path} cannot be written`, "registry/read-only", {
    hint: "Give yourself the right to write it and its folder, or name another XDG_STATE_HOME.",
    data: { path },
    cause,
  });
}
