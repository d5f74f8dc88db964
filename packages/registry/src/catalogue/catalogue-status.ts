import { statSync } from "node:fs";
import type { Registry } from "../registry.ts";
import { readAge, type CatalogueAge } from "./catalogue-age.ts";
import { isSyncing, readSyncState } from "./sync-state.ts";

/** The content and the age of the catalogue. Times in ms since 1970. */
export interface CatalogueStatus {
  readonly path: string;
  /** Bytes of the database on disk. */
  readonly bytes: number;
  readonly models: number;
  readonly authors: number;
  readonly age: CatalogueAge | null;
  /** When the whole list was read last. */
  readonly fullAt: number | null;
  /** Another process synchronises now. */
  readonly syncing: boolean;
  /** A walk that was stopped: how many pages of it are stored. */
  readonly resumeAtPage: number | null;
}

/** The content of the catalogue, without a request. */
export function catalogueStatus(registry: Registry): CatalogueStatus {
  return registry.read((db) => {
    const row = db
      .prepare(
        "select count(*) as models, count(distinct author) as authors from model where gone is null",
      )
      .get();
    const state = readSyncState(db);
    return {
      path: registry.path,
      bytes: statSync(registry.path, { throwIfNoEntry: false })?.size ?? 0,
      models: Number(row?.["models"]),
      authors: Number(row?.["authors"]),
      age: readAge(db) ?? null,
      fullAt: state?.fullAt ?? null,
      syncing: isSyncing(state),
      resumeAtPage: state?.open?.pages ?? null,
    };
  });
}
