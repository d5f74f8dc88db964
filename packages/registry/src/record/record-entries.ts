import type { DatabaseSync } from "node:sqlite";
import { prepare } from "../database/prepare.ts";

/** A download that ended well. Times in ms since 1970, sizes in bytes. */
export interface RecordedDownload {
  readonly repoId: string;
  readonly revision: string;
  readonly commit: string;
  readonly at: number;
  /** Of all selected files. */
  readonly bytes: number;
  /** Null where the entry was rebuilt from the cache. */
  readonly fetched: number | null;
  /** Null where the entry was rebuilt from the cache. */
  readonly durationMs: number | null;
  /** The hosts that the listing and the bytes came from, separated by a space. Null when none was asked, or not known. */
  readonly source: string | null;
}

/** How a name came to point at a commit. `found`: another program moved it, or the record was built anew. */
export type VersionCause = "download" | "update" | "rollback" | "found";

/** A commit that a branch or tag in the cache pointed at. */
export interface RecordedVersion {
  readonly repoId: string;
  readonly revision: string;
  readonly commit: string;
  /** ms since 1970. */
  readonly since: number;
  readonly how: VersionCause;
}

/** The rows of downloads that are kept: years of daily use, and little more than a megabyte. */
const MOST_DOWNLOADS = 10_000;

/** Adds a download, within the open transaction, and drops the oldest beyond ten thousand. */
export function addDownload(db: DatabaseSync, download: RecordedDownload): void {
  const { repoId, revision, commit, at, bytes, fetched, durationMs, source } = download;
  const { lastInsertRowid } = prepare(
    db,
    `insert into download
       (repo_id, revision, commit_sha, at, bytes, fetched, duration_ms, source, rebuilt)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    repoId,
    revision,
    commit,
    at,
    bytes,
    fetched ?? 0,
    Math.round(durationMs ?? 0),
    source,
    fetched === null ? 1 : 0,
  );
  prepare(db, "delete from download where id <= ?").run(Number(lastInsertRowid) - MOST_DOWNLOADS);
  touch(db, repoId, { uses: 1, views: 0, at });
}

/** Adds where a name points now, within the open transaction, unless the last entry says so already. */
export function addVersion(db: DatabaseSync, version: RecordedVersion): void {
  const { repoId, revision, commit, how } = version;
  const last = prepare(
    db,
    `select commit_sha, since from version where repo_id = ? and revision = ?
     order by since desc limit 1`,
  ).get(repoId, revision);
  if (last?.["commit_sha"] === commit) return;
  // Clocks go back. The order of the entries must not.
  const since = Math.max(version.since, Number(last?.["since"] ?? -1) + 1);
  prepare(
    db,
    "insert into version (repo_id, revision, commit_sha, since, how) values (?, ?, ?, ?, ?)",
  ).run(repoId, revision, commit, since, how);
}

/** Counts a view that was made of a model, within the open transaction. */
export function addView(
  db: DatabaseSync,
  { repoId, at }: { readonly repoId: string; readonly at: number },
): void {
  touch(db, repoId, { uses: 0, views: 1, at });
}

function touch(
  db: DatabaseSync,
  repoId: string,
  { uses, views, at }: { readonly uses: number; readonly views: number; readonly at: number },
): void {
  prepare(
    db,
    `insert into used (repo_id, views, uses, last_at) values (?1, ?2, ?3, ?4)
     on conflict (repo_id) do update set
       views = views + ?2, uses = uses + ?3, last_at = max(last_at, ?4)`,
  ).run(repoId, views, uses, at);
}
