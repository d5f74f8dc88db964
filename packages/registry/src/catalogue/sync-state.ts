import type { DatabaseSync } from "node:sqlite";
import { hostname } from "node:os";
import { RegistryError } from "../errors.ts";
import { readSetting, writeSetting } from "./settings.ts";

/** How far the synchronisation of the catalogue is. Times in ms since 1970. */
export interface SyncState {
  readonly endpoint: string;
  /** The number of the last full walk. Every row carries the number of the walk that last saw it. */
  readonly walk: number;
  /** A full walk that has not ended: where it goes on. */
  readonly open?: OpenWalk | undefined;
  /** Everything modified up to then is known. */
  readonly watermark?: number | undefined;
  readonly fullAt?: number | undefined;
  readonly popularAt?: number | undefined;
  readonly owner?: SyncOwner | undefined;
}

/** A full walk that is under way. */
export interface OpenWalk {
  /** The page to ask for. Absent: the first. */
  readonly next?: string | undefined;
  /** Pages that are stored. */
  readonly pages: number;
  /** The latest modification that was listed when it began. */
  readonly high: number;
  readonly startedAt: number;
  /** Pages that are read again, since the Hub had refused to go on behind them. */
  readonly again?: number | undefined;
}

interface SyncOwner {
  readonly id: string;
  readonly pid: number;
  readonly host: string;
  readonly beatAt: number;
}

/** A process of another machine that has not been heard of for so long has ended. */
const SILENCE_MS = 120_000;

/** The state as it is stored. Undefined before the first synchronisation. */
export function readSyncState(db: DatabaseSync): SyncState | undefined {
  const state = readSetting(db, "sync");
  return typeof state === "object" && state !== null && "endpoint" in state && "walk" in state
    ? (state as SyncState)
    : undefined;
}

/** Stores the state, and that `id`, this process, is at it. Throws `registry/sync-elsewhere` when another one is. */
export function writeSyncState(db: DatabaseSync, state: SyncState, id: string): void {
  const owner = readSyncState(db)?.owner;
  if (owner && owner.id !== id && isAlive(owner)) throw elsewhere(owner);
  writeSetting(db, "sync", {
    ...state,
    owner: { id, pid: process.pid, host: hostname(), beatAt: Date.now() },
  });
}

/** Releases the state for the next process. */
export function releaseSync(db: DatabaseSync, id: string): void {
  const state = readSyncState(db);
  if (state?.owner?.id !== id) return;
  const { owner: _owner, ...rest } = state;
  writeSetting(db, "sync", rest);
}

/** Whether another process is synchronising now. */
export function isSyncing(state: SyncState | undefined): boolean {
  return state?.owner !== undefined && isAlive(state.owner);
}

function isAlive({ pid, host, beatAt }: SyncOwner): boolean {
  if (host !== hostname()) return Date.now() - beatAt < SILENCE_MS;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function elsewhere({ pid }: SyncOwner): RegistryError {
  return new RegistryError(
    `Another process (${pid}) synchronises the catalogue`,
    "registry/sync-elsewhere",
    { hint: "Let it finish. Searches work meanwhile.", data: { pid } },
  );
}
