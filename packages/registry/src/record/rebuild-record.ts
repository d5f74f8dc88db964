import type { DatabaseSync } from "node:sqlite";
import { readSetting, writeSetting } from "../catalogue/settings.ts";
import { prepare } from "../database/prepare.ts";
import type { Registry } from "../registry.ts";
import { addDownload, addVersion, addView } from "./record-entries.ts";

/** The traces that downloads leave in a cache. Times in ms since 1970. */
export interface CacheTraces {
  /** Snapshots that are still here, each by the name that points at it, else by its commit. */
  readonly snapshots: readonly {
    readonly repoId: string;
    readonly revision: string;
    readonly commit: string;
    readonly at: number;
    /** Of the files that are here. */
    readonly bytes: number;
  }[];
  /** The names that point at a commit, and since when. */
  readonly refs: readonly {
    readonly repoId: string;
    readonly revision: string;
    readonly commit: string;
    readonly since: number;
  }[];
  readonly views: readonly { readonly repoId: string; readonly at: number }[];
}

/** The number of entries that were rebuilt. */
export interface RebuiltRecord {
  readonly downloads: number;
  readonly versions: number;
}

const BEGUN = "record-begun";

/** Whether the record holds nothing and was never rebuilt: the database is new, or replaced a lost one. */
export function isRecordNew(registry: Registry): boolean {
  return registry.read(isNew);
}

/**
 * Rebuilds an empty record from the traces in a cache, once. Lost for good are models that were removed since, earlier
 * positions of a name, repeated downloads, and what was fetched from where in which time. Undefined where the record is not
 * new. Throws the errors of `Registry.write`.
 */
export function rebuildRecord(
  registry: Registry,
  { snapshots, refs, views }: CacheTraces,
  options: { readonly waitMs?: number } = {},
): RebuiltRecord | undefined {
  return registry.write((db) => {
    // Another process may have been quicker.
    if (!isNew(db)) return undefined;
    const oldestFirst = snapshots.toSorted((a, b) => a.at - b.at);
    for (const snapshot of oldestFirst) {
      addDownload(db, { ...snapshot, fetched: null, durationMs: null, source: null });
    }
    for (const ref of refs) addVersion(db, { ...ref, how: "found" });
    for (const view of views) addView(db, view);
    writeSetting(db, BEGUN, Date.now());
    return { downloads: snapshots.length, versions: refs.length };
  }, options);
}

function isNew(db: DatabaseSync): boolean {
  if (readSetting(db, BEGUN) !== undefined) return false;
  const row = prepare(
    db,
    `select exists (select 1 from download) or exists (select 1 from version)
       or exists (select 1 from used) as begun`,
  ).get();
  return row?.["begun"] === 0;
}
