import { basename, dirname } from "node:path";
import { type Digest, digestOfHex } from "../digest/digest.ts";
import { CacheError } from "../names/errors.ts";
import { snapshotDir, type RepoLayout } from "../names/layout.ts";
import { listCommits } from "../disk/list-commits.ts";
import { listFolderSync } from "../disk/list-folder.ts";
import { repoProofs, sweepProofRecords } from "../records/proof-record.ts";
import { scanSnapshot, type SnapshotEntry } from "../scan/scan-snapshot.ts";
import type { SnapshotFile } from "../digest/snapshot-file.ts";
import { readTreeRecordSync } from "../records/tree-record.ts";
import { expectViews } from "./expect-views.ts";
import { verifyFiles, type Expectation, type VerifyOptions } from "./verify-files.ts";
import type { DamagedView, MissingFile, UnprovenFile, VerifyReport } from "./verify-report.ts";

/** A repo to be verified, or one commit of it. */
export interface VerifyTarget {
  readonly layout: RepoLayout;
  /** Default: every commit that is here. */
  readonly commit?: string | undefined;
  /** The content of the commit, from the Hub for example. Default: the recorded listing. */
  readonly listing?: readonly SnapshotFile[] | undefined;
  /** Leaves out files that the listing does not name. Default false: they are verified by the names of their blobs. */
  readonly onlyListed?: boolean | undefined;
}

/**
 * Verifies every file of the given repos that is in the cache: sha256 or git-sha1 against the
 * listing of its commit, otherwise against the name of its blob. The views of the commits are
 * verified with them. No network. One thread per core.
 * Files that an interrupted run verified less than a day ago are not read again. Throws
 * `cache/not-found` when a target is not in the cache, and the signal's reason when aborted.
 */
export async function verifyCache(
  targets: readonly VerifyTarget[],
  options: VerifyOptions = {},
): Promise<VerifyReport> {
  const expectations: Expectation[] = [];
  const missing: MissingFile[] = [];
  const unproven: UnprovenFile[] = [];
  const views: DamagedView[] = [];
  for (const target of targets) {
    const { layout, onlyListed = false } = target;
    const commits = target.commit === undefined ? listCommits(layout) : [target.commit];
    for (const commit of commits) {
      const found = expect({ ...target, commit });
      expectations.push(...found.expectations);
      missing.push(...found.missing);
      unproven.push(...found.unproven);
    }
    // A lock is about a model in the cache, not about its views.
    if (!onlyListed) {
      const found = await expectViews(layout, commits);
      expectations.push(...found.expectations);
      views.push(...found.views);
    }
    if (options.quick !== true) {
      const blobs = new Set(listFolderSync(layout.blobsDir).entries.map(({ name }) => name));
      // Where links do not work, the files lie in the snapshots.
      if (blobs.size > 0) await sweepProofRecords(repoProofs(layout), (hex) => blobs.has(hex));
    }
  }
  return await verifyFiles(expectations, { missing, unproven, views }, options);
}

/** The expected content of one snapshot, and its missing files. */
function expect({
  layout,
  commit,
  listing,
  onlyListed = false,
}: VerifyTarget & { commit: string }): {
  expectations: readonly Expectation[];
  missing: readonly MissingFile[];
  unproven: readonly UnprovenFile[];
} {
  const { repoId, repoType } = layout;
  const { entries, dangling, exists } = scanSnapshot(layout, commit);
  if (!exists) {
    throw new CacheError(`${repoId} has no snapshot of ${commit}`, "cache/not-found", {
      hint: "mlx-download cache ls lists the cache.",
      data: { repoId, commit, path: snapshotDir(layout, commit) },
    });
  }
  const files = listing ?? readTreeRecordSync(layout, commit);
  const listed = new Map(files?.map((file) => [file.path, file]));
  const named = (
    path: string,
  ): { repoId: string; repoType: typeof repoType; commit: string; path: string } => ({
    repoId,
    repoType,
    commit,
    path,
  });
  const expectations: Expectation[] = [];
  const unproven: UnprovenFile[] = [];
  const proofs = repoProofs(layout);
  for (const entry of entries) {
    const file = listed.get(entry.path);
    if (file === undefined && onlyListed) continue;
    const digest = file?.digest ?? digestOfName(layout, entry);
    if (digest === undefined) {
      unproven.push({ ...named(entry.path), reason: "no-digest" });
      continue;
    }
    const { path, blob } = entry;
    expectations.push({ file: named(path), blob, digest, size: file?.size ?? null, proofs });
  }
  const here = new Set([...entries.map(({ path }) => path), ...dangling]);
  const absent = [...listed.keys()].filter((path) => !here.has(path));
  return {
    expectations,
    unproven,
    missing: [
      ...dangling
        .filter((path) => !onlyListed || listed.has(path))
        .map((path): MissingFile => ({ ...named(path), reason: "dangling" })),
      ...absent.map((path): MissingFile => ({ ...named(path), reason: "absent" })),
    ],
  };
}

function digestOfName(layout: RepoLayout, { blob }: SnapshotEntry): Digest | undefined {
  if (dirname(blob) !== layout.blobsDir) return undefined;
  return digestOfHex(basename(blob));
}
