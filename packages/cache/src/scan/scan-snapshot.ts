import { type Dirent, readlinkSync, type Stats, statSync } from "node:fs";
import { basename, dirname, resolve, sep } from "node:path";
import type { Finding } from "../names/finding.ts";
import { isLitterEntry } from "../names/litter.ts";
import { snapshotDir, type RepoLayout } from "../names/layout.ts";
import { listFolderSync } from "../disk/list-folder.ts";

/** One file of a snapshot on disk. */
export interface SnapshotEntry {
  /** As in the repo. */
  readonly path: string;
  /**
   * The target of the entry's link (the first hop), or the entry itself when it is a file. Two
   * names may share it.
   */
  readonly blob: string;
  /** Of the content at the end of all links. */
  readonly stats: Stats;
}

/** The content of a snapshot's folder. */
export interface SnapshotScan {
  /** The files that are really there. */
  readonly entries: readonly SnapshotEntry[];
  /** Paths, as in the repo, of links whose content is gone. */
  readonly dangling: readonly string[];
  readonly findings: readonly Finding[];
  readonly exists: boolean;
}

/** The files at the end of links seen so far: the repo's own blobs by name, all others by path. */
export type SeenBlobs = Map<string, { readonly path: string; readonly stats: Stats | undefined }>;

/**
 * The files of a snapshot that really exist, and findings about the others. `known` carries facts
 * about the repo's blobs from one snapshot to the next.
 */
export function scanSnapshot(
  layout: RepoLayout,
  commit: string,
  known: SeenBlobs = new Map(),
): SnapshotScan {
  const directory = snapshotDir(layout, commit);
  const listing = listFolderSync(directory, { recursive: true });
  const { findings } = listing;
  const inside = layout.repoDir + sep;
  const entries: SnapshotEntry[] = [];
  const dangling: string[] = [];
  for (const dirent of listing.entries) {
    if (dirent.isDirectory() || isLitterEntry(dirent)) continue;
    // Folder and name are whole already: joining them properly would cost as much as asking the disk.
    const file = dirent.parentPath + sep + dirent.name;
    const path =
      dirent.parentPath === directory
        ? dirent.name
        : file.slice(directory.length + 1).replaceAll(sep, "/");
    const { path: blob, stats } = lookUpBlob(layout, firstHop(layout, file, dirent), known);
    if (stats?.isFile()) {
      entries.push({ path, blob, stats });
      if (blob.startsWith(inside)) continue;
      const message = `The link leaves the repo's folder, to ${blob}.`;
      findings.push({ code: "outside-link", path: file, message });
    } else if (stats === undefined) {
      dangling.push(path);
      const message = `The link leads to ${blob}, which is gone.`;
      findings.push({ code: "dangling-link", path: file, message });
    } else if (stats.isDirectory()) {
      const message = "A link lies where a folder belongs. It was not followed.";
      findings.push({ code: "planted-link", path: file, message });
    } else {
      findings.push({ code: "stray-file", path: file, message: "It is no regular file." });
    }
  }
  return { entries, dangling, findings, exists: listing.exists };
}

// The text of nearly every link. Resolving a link costs more than reading it.
const TO_BLOBS = /^(?:\.\.\/)+blobs\/([^/]+)$/;

/** The name of one of the repo's blobs, or a path. */
function firstHop(layout: RepoLayout, file: string, dirent: Dirent): string {
  if (!dirent.isSymbolicLink()) return file;
  try {
    const hop = readlinkSync(file);
    const name = TO_BLOBS.exec(hop)?.[1];
    const depth = dirent.parentPath.slice(layout.repoDir.length).split(sep).length - 1;
    if (name !== undefined && hop.length === depth * 3 + "blobs/".length + name.length) return name;
    const blob = resolve(dirname(file), hop);
    return dirname(blob) === layout.blobsDir ? basename(blob) : blob;
  } catch {
    return file;
  }
}

function lookUpBlob(
  layout: RepoLayout,
  blob: string,
  known: SeenBlobs,
): { readonly path: string; readonly stats: Stats | undefined } {
  const there = known.get(blob);
  if (there !== undefined) return there;
  const path = blob.includes(sep) ? blob : layout.blobsDir + sep + blob;
  let stats: Stats | undefined;
  try {
    stats = statSync(path, { throwIfNoEntry: false });
  } catch {
    // A loop of links, or a folder above it that may not be entered: nothing that can be used.
  }
  const seen = { path, stats };
  known.set(blob, seen);
  return seen;
}
