import { prepare } from "../database/prepare.ts";
import type { Registry } from "../registry.ts";
import type { RecordedDownload, RecordedVersion, VersionCause } from "./record-entries.ts";

/** The record of one model on this machine. It may lack what other programs did. */
export interface ModelRecord {
  readonly repoId: string;
  /** The latest first, 100 at most. */
  readonly downloads: readonly RecordedDownload[];
  /** The latest first, of all branches and tags. */
  readonly versions: readonly RecordedVersion[];
  /** Downloads of it, those that found everything here included. */
  readonly uses: number;
  /** Folders that were made of it for other programs. */
  readonly views: number;
  /** ms since 1970. Null when nothing was recorded. */
  readonly lastAt: number | null;
}

/** The record of a model. Throws the errors of `Registry.read`. */
export function readRecord(registry: Registry, repoId: string): ModelRecord {
  return registry.read((db) => {
    const used = prepare(db, "select * from used where repo_id = ?").get(repoId);
    const downloads = prepare(
      db,
      "select * from download where repo_id = ? order by at desc, id desc limit 100",
    ).all(repoId);
    const versions = prepare(
      db,
      "select * from version where repo_id = ? order by since desc limit 1000",
    ).all(repoId);
    return {
      repoId,
      downloads: downloads.map((row) => ({
        repoId,
        revision: String(row["revision"]),
        commit: String(row["commit_sha"]),
        at: Number(row["at"]),
        bytes: Number(row["bytes"]),
        fetched: row["rebuilt"] === 1 ? null : Number(row["fetched"]),
        durationMs: row["rebuilt"] === 1 ? null : Number(row["duration_ms"]),
        source: row["source"] as string | null,
      })),
      versions: versions.map((row) => ({
        repoId,
        revision: String(row["revision"]),
        commit: String(row["commit_sha"]),
        since: Number(row["since"]),
        how: row["how"] as VersionCause,
      })),
      uses: Number(used?.["uses"] ?? 0),
      views: Number(used?.["views"] ?? 0),
      lastAt: used === undefined ? null : Number(used["last_at"]),
    };
  });
}

/**
 * The commit that a branch pointed at before it came to `commit`: by a download, an update, or another program. A
 * rollback counts as no step, so that two of them go back twice. Undefined when the record does not know.
 */
export function previousVersion(
  { versions }: Pick<ModelRecord, "versions">,
  { revision, commit }: { readonly revision: string; readonly commit: string },
): string | undefined {
  const steps = versions.filter((one) => one.revision === revision && one.how !== "rollback");
  const at = steps.findIndex((one) => one.commit === commit);
  return at < 0 ? undefined : steps.slice(at + 1).find((one) => one.commit !== commit)?.commit;
}
