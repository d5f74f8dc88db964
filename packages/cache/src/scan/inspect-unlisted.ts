import type { RepoLayout } from "../names/layout.ts";
import { listFolderSync } from "../disk/list-folder.ts";
import { scanSnapshot } from "./scan-snapshot.ts";
import { amiss } from "./snapshot-status.ts";
import { isForeignPartial } from "../names/foreign-partial.ts";

/** The content of a snapshot without a recorded listing, as far as the files themselves tell. */
export interface UnlistedSnapshot {
  readonly files: readonly { readonly path: string; readonly size: number }[];
  /** Paths that are certainly missing: links without content, shards that an index or a series names. */
  readonly missing: readonly string[];
  /** Blobs that some client began in this repo and did not finish, for whichever commit. */
  readonly unfinished: number;
}

/**
 * Inspects a snapshot that an older client, or one in another language, downloaded: `trees/` exists
 * only since huggingface_hub 1.22. Reads names, lengths and indexes. Undefined when there is no
 * such snapshot. Throws `cache/invalid-revision`.
 */
export function inspectUnlisted(layout: RepoLayout, commit: string): UnlistedSnapshot | undefined {
  const snapshot = scanSnapshot(layout, commit);
  if (!snapshot.exists) return undefined;
  return {
    files: snapshot.entries.map(({ path, stats }) => ({ path, size: stats.size })),
    missing: amiss(layout, commit, snapshot),
    unfinished: countUnfinished(layout),
  };
}

/** Unfinished blobs that no finished one has replaced: a killed run of huggingface_hub leaves its temporary file behind. */
function countUnfinished({ blobsDir, partialDir }: RepoLayout): number {
  const names = listFolderSync(blobsDir).entries.map(({ name }) => name);
  const done = new Set(names);
  const theirs = names.filter(isForeignPartial);
  const ours = listFolderSync(partialDir).entries.map(({ name }) => name);
  const unfinished = [...theirs, ...ours.filter((name) => name.endsWith(".data"))];
  const blobs = new Set(unfinished.map((name) => name.split(".")[0] ?? ""));
  return [...blobs].filter((name) => !done.has(name)).length;
}
