import { lstatSync, readlinkSync, type Stats, statSync } from "node:fs";
import { lstat, stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { errnoOf } from "../disk/errno.ts";
import type { Finding } from "../names/finding.ts";
import { isLitterEntry } from "../names/litter.ts";
import { snapshotDir, type RepoLayout } from "../names/layout.ts";
import { listFolder } from "../disk/list-folder.ts";
import { repoPins, type Pin } from "../records/pin.ts";
import { isCommit } from "../names/revision.ts";
import { isInStore } from "../shared/shared-store.ts";
import { scanRefs } from "../scan/scan-refs.ts";
import { lastUses } from "../records/use-record.ts";

/**
 * One entry of a snapshot and the blob that its link names. For a plain file the blob is the entry
 * itself.
 */
export interface StoredFile {
  /** As in the repo. */
  readonly path: string;
  /** Absolute. */
  readonly entry: string;
  /** Absolute. The first hop of the entry. */
  readonly blob: string;
}

/** One snapshot for the purpose of removal. Times are Unix time in ms. */
export interface StoredRevision {
  readonly commit: string;
  readonly path: string;
  readonly refs: readonly string[];
  readonly files: readonly StoredFile[];
  /** Each blob once. */
  readonly sizeOnDisk: number;
  /** When the newest of its bytes came. */
  readonly modifiedAt: number;
  /**
   * The time of the last use as recorded. Otherwise the latest of arrival and access, as far as the
   * file system keeps them.
   */
  readonly usedAt: number;
  /** Whether `usedAt` was noted. */
  readonly useRecorded: boolean;
}

/** The bytes of one blob. */
export interface StoredBlob {
  /**
   * The bytes freed by removing the last link to it. 0 while it has another hard link, which keeps
   * the bytes.
   */
  readonly ownBytes: number;
  readonly size: number;
  /** The payload of the shared store that it leads to. */
  readonly payload: string | undefined;
}

/** Everything of one repo that can go or must stay. */
export interface Inventory {
  readonly layout: RepoLayout;
  /** The repo's folder is a link to somewhere else. */
  readonly elsewhere: boolean;
  readonly revisions: readonly StoredRevision[];
  readonly blobs: ReadonlyMap<string, StoredBlob>;
  /** Blobs that something among the snapshots leads to that is no snapshot. */
  readonly strangers: ReadonlySet<string>;
  /** Not everything could be read, so it is unknown which blobs are needed. */
  readonly uncertain: boolean;
  readonly pins: readonly Pin[];
}

/** Reads names and lengths of one repo. Never throws for the state of the repo. */
export async function takeInventory(layout: RepoLayout): Promise<Inventory> {
  const { entries, findings } = await listFolder(layout.snapshotsDir);
  const problems = [...findings];
  const commits = entries
    .filter((entry) => entry.isDirectory() && isCommit(entry.name))
    .map(({ name }) => name);
  const { refs } = scanRefs(layout.refsDir, new Set(commits));
  const uses = await lastUses(layout);
  const blobs = new Map<string, StoredBlob>();
  const times = new Map<string, { modified: number; accessed: number }>();
  const revisions: StoredRevision[] = [];
  for (const commit of commits) {
    const { files, findings: mine } = await listFiles(snapshotDir(layout, commit));
    problems.push(...mine);
    for (const { blob } of files) {
      if (blobs.has(blob)) continue;
      const { stored, modified, accessed } = lookAt(layout, blob);
      blobs.set(blob, stored);
      times.set(blob, { modified, accessed });
    }
    const used = [...new Set(files.map(({ blob }) => blob))];
    const modifiedAt = Math.max(0, ...used.map((blob) => times.get(blob)?.modified ?? 0));
    const accessedAt = Math.max(0, ...used.map((blob) => times.get(blob)?.accessed ?? 0));
    const arrivedAt = (await stat(snapshotDir(layout, commit)).catch(() => undefined))?.mtimeMs;
    const noted = uses.get(commit);
    revisions.push({
      commit,
      path: snapshotDir(layout, commit),
      refs: Object.keys(refs).filter((name) => refs[name] === commit),
      files,
      sizeOnDisk: used.reduce((sum, blob) => sum + (blobs.get(blob)?.size ?? 0), 0),
      modifiedAt: Math.round(modifiedAt || (arrivedAt ?? 0)),
      usedAt: Math.round(noted ?? Math.max(modifiedAt, accessedAt, arrivedAt ?? 0)),
      useRecorded: noted !== undefined,
    });
  }
  const strangers = new Set<string>();
  for (const { name } of entries.filter((entry) => entry.isDirectory() && !isCommit(entry.name))) {
    const { files, findings: found } = await listFiles(join(layout.snapshotsDir, name));
    problems.push(...found);
    for (const { blob } of files) strangers.add(blob);
  }
  const uncertain = problems.some(({ code }) => code === "unreadable");
  const elsewhere = (await lstat(layout.repoDir).catch(() => undefined))?.isSymbolicLink() ?? false;
  const pins = await repoPins(layout);
  return { layout, elsewhere, revisions, blobs, strangers, uncertain, pins };
}

/**
 * The commits of an inventory that a pin protects. A pin without its ref protects all, since its
 * commit is unknown.
 */
export function pinnedCommits({ pins, revisions }: Inventory): ReadonlySet<string> {
  const lost = pins.some(({ commit }) => commit === null);
  return new Set(
    lost ? revisions.map(({ commit }) => commit) : pins.flatMap(({ commit }) => commit ?? []),
  );
}

async function listFiles(
  folder: string,
): Promise<{ files: readonly StoredFile[]; findings: readonly Finding[] }> {
  const { entries, findings } = await listFolder(folder, { recursive: true });
  const listed = entries.filter((entry) => !entry.isDirectory() && !isLitterEntry(entry));
  const files = listed.flatMap((dirent): readonly StoredFile[] => {
    const entry = dirent.parentPath + sep + dirent.name;
    const blob = dirent.isSymbolicLink() ? hopOf(entry) : entry;
    if (blob === undefined) return [];
    return [{ path: entry.slice(folder.length + 1).replaceAll(sep, "/"), entry, blob }];
  });
  return { files, findings };
}

// On this thread: a call that takes microseconds costs a tenth of a promise for it.
function lookAt(
  layout: RepoLayout,
  blob: string,
): { stored: StoredBlob; modified: number; accessed: number } {
  const there = lstatSync(blob, { throwIfNoEntry: false });
  const found = there?.isSymbolicLink() ? statQuietly(blob) : there;
  const size = found?.isFile() === true ? found.size : 0;
  const own =
    there?.isFile() === true && there.nlink === 1 && blob.startsWith(layout.repoDir + sep);
  const payload = there?.isSymbolicLink() ? payloadOf(layout.cacheDir, blob) : undefined;
  return {
    stored: { size, payload, ownBytes: own ? size : 0 },
    modified: found?.mtimeMs ?? 0,
    accessed: found?.atimeMs ?? 0,
  };
}

function statQuietly(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // a link that leads to itself
  }
}

/**
 * The payload of this cache's shared store that a blob is a link to. Follows the first hop only.
 */
function payloadOf(cacheDir: string, blob: string): string | undefined {
  const target = hopOf(blob);
  return target !== undefined && isInStore(cacheDir, target) ? target : undefined;
}

/** The target of a link, by its first hop. Undefined when another program removed it meanwhile. */
function hopOf(link: string): string | undefined {
  try {
    return resolve(dirname(link), readlinkSync(link));
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
