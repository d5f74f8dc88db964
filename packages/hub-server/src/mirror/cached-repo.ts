import { realpath, stat } from "node:fs/promises";
import { sep } from "node:path";
import {
  blobPath,
  inspectFiles,
  isCommit,
  listCommits,
  listRefs,
  readRef,
  readTreeRecord,
  snapshotPath,
  type RepoLayout,
  type SnapshotFile,
} from "@mlx-download/cache";
import { isUnread, lfsPointerId, listSnapshot } from "@mlx-download/cache/writing";
import { fileBlob, type BlobSource } from "../store/blob-source.ts";
import { lfsPointer } from "../store/git-object.ts";
import { sortFiles } from "../store/repo-file.ts";
import { repoSettings } from "../store/repo-settings.ts";
import type { RepoFile, RepoSnapshot, StoredRepo } from "../store/repo-store.ts";
import { readRepoRecord } from "./repo-record.ts";

/** Where bytes come from that the cache does not have. Undefined: nowhere. */
export type FillBlob = (commit: string, file: SnapshotFile) => BlobSource | undefined;

/** How the repos of a cache are read. */
export interface CachedRepoOptions {
  /** The commit of a revision. Default: the cache's refs. */
  readonly commitOf?: ((revision: string) => Promise<string | undefined>) | undefined;
  /** The listing of a commit, where the cache has none. */
  readonly listing?: ((commit: string) => Promise<readonly SnapshotFile[] | undefined>) | undefined;
  readonly fill?: FillBlob | undefined;
  /** Whether wrong bytes of the file of this digest were sent by this process. */
  readonly isSpoiled?: ((hex: string) => boolean) | undefined;
}

/**
 * A repo of the cache as a Hub's store has it. Listings are those that clients recorded, so that a client of the mirror
 * records the same. A listed file without bytes here is `absent`, unless `fill` brings it; missing documentation, which
 * no loader reads, is left out of the listing.
 */
export function cachedRepo(layout: RepoLayout, options: CachedRepoOptions = {}): StoredRepo {
  const { repoId, repoType } = layout;
  const { commitOf = async (revision) => lastCommit(layout, revision), fill } = options;

  const filesOf = async (commit: string): Promise<readonly RepoFile[] | undefined> => {
    const listed = (await readTreeRecord(layout, commit)) ?? (await options.listing?.(commit));
    const here = listed ?? (await listSnapshot(layout, commit));
    if (listed === undefined && here.length === 0) return undefined;
    const { spoiled = [] } = await readRepoRecord(layout);
    // A file of git is small, and is sent when it was verified.
    const wasWrong = ({ digest: { algorithm, hex } }: SnapshotFile): boolean =>
      algorithm === "sha256" && (spoiled.includes(hex) || options.isSpoiled?.(hex) === true);
    const states = await inspectFiles(layout, commit, here);
    const files: (RepoFile | undefined)[] = [];
    for (const file of here) {
      const state = states.get(file.path) ?? "absent";
      const path = state === "absent" ? undefined : await findBytes(layout, commit, file);
      if (path !== undefined) {
        files.push(repoFile(file, { ...fileBlob(path, file.size), wasWrong: wasWrong(file) }));
        continue;
      }
      const filled = fill?.(commit, file);
      if (filled !== undefined) {
        const blob = { ...filled, wasWrong: wasWrong(file) };
        files.push({ ...repoFile(file, blob), absent: "elsewhere" });
      } else if (listed !== undefined && !isUnread(file.path, repoType)) {
        files.push({ ...repoFile(file, NOTHING), absent: "nowhere" });
      }
    }
    return sortFiles(files.filter((file) => file !== undefined));
  };
  const snapshot = async (commit: string): Promise<RepoSnapshot | undefined> => {
    const files = isCommit(commit) ? await filesOf(commit) : undefined;
    if (files === undefined) return undefined;
    return { commit, files, title: "", date: await dateOf(layout) };
  };
  return {
    repoId,
    repoType,
    settings: repoSettings(),
    commitOf: async (revision) => {
      const named = await commitOf(revision).catch(() => undefined);
      if (named !== undefined || !/^[0-9a-f]{7,39}$/.test(revision)) return named;
      const [only, ...others] = listCommits(layout).filter((one) => one.startsWith(revision));
      return others.length === 0 ? only : undefined;
    },
    refs: async () =>
      Object.entries(listRefs(layout)).map(([name, commit]) => ({ ref: fullRef(name), commit })),
    snapshot,
    history: async (commit) => {
      const found = await snapshot(commit);
      return found === undefined ? [] : [found];
    },
    readMain: async (path) => {
      const commit = await commitOf("main").catch(() => undefined);
      const files = commit === undefined ? undefined : (await snapshot(commit))?.files;
      const file = files?.find((one) => one.path === path);
      return file?.absent === undefined ? file?.blob : undefined;
    },
  };
}

const NOTHING: BlobSource = {
  size: 0,
  open: () => Promise.reject(new Error("these bytes are not in the cache")),
};

/** The commit of a revision by the cache, or else by what a mirror that fills it noted: it fetches by commit. */
async function lastCommit(layout: RepoLayout, revision: string): Promise<string | undefined> {
  const named = await readRef(layout, revision);
  if (named !== undefined) return named;
  const { refs } = await readRepoRecord(layout);
  return Object.hasOwn(refs, revision) ? refs[revision]?.commit : undefined;
}

/**
 * The file on this disk that has the bytes: the blob, which may lie in the shared store of Python's client, or a plain
 * file of the snapshot. Undefined where a link of the snapshot leads out of the cache.
 */
async function findBytes(
  layout: RepoLayout,
  commit: string,
  { path, size, digest }: SnapshotFile,
): Promise<string | undefined> {
  const blob = blobPath(layout, digest.hex);
  const stats = await stat(blob).catch(() => undefined);
  if (stats?.isFile() === true && stats.size === size) return blob;
  const [plain, root] = await Promise.all([
    realpath(snapshotPath(layout, commit, path)).catch(() => undefined),
    realpath(layout.cacheDir).catch(() => layout.cacheDir),
  ]);
  return plain?.startsWith(root + sep) === true ? plain : undefined;
}

function repoFile({ path, size, digest, blobId }: SnapshotFile, blob: BlobSource): RepoFile {
  const isLfs = digest.algorithm === "sha256";
  const lfs = isLfs
    ? { sha256: digest.hex, pointerSize: Buffer.byteLength(lfsPointer(digest.hex, size)) }
    : undefined;
  // No Xet hash: clients with a Xet reader would look for a storage that is not here.
  const oid = isLfs ? blobId || lfsPointerId(digest.hex, size) : blobId;
  return { path, size, oid, lfs, xetHash: undefined, blob };
}

/** When the repo's folder was last written to, ISO 8601. */
async function dateOf({ repoDir }: RepoLayout): Promise<string> {
  const stats = await stat(repoDir).catch(() => undefined);
  return (stats?.mtime ?? new Date(0)).toISOString();
}

function fullRef(name: string): string {
  return name.startsWith("refs/") ? name : `refs/heads/${name}`;
}
