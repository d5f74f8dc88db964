import { stableId } from "../store/git-object.ts";
import type { RepoFile, RepoSnapshot } from "../store/repo-store.ts";

/** One entry of a tree or paths-info answer, in the Hub's spelling. */
export interface TreeItem {
  readonly type: "file" | "directory";
  readonly oid: string;
  readonly size: number;
  readonly path: string;
  readonly lfs?: { readonly oid: string; readonly size: number; readonly pointerSize: number };
  readonly xetHash?: string;
  readonly lastCommit?: { readonly id: string; readonly title: string; readonly date: string };
  readonly securityFileStatus?: unknown;
}

/** The entries below `folder` (empty: the root), directories included, sorted by path. Undefined when there is no such folder. */
export function treeItems(
  snapshot: RepoSnapshot,
  options: { folder: string; recursive: boolean; expand: boolean },
): readonly TreeItem[] | undefined {
  const { folder, recursive, expand } = options;
  const prefix = folder === "" ? "" : `${folder}/`;
  const items = new Map<string, TreeItem>();
  for (const file of snapshot.files) {
    if (!file.path.startsWith(prefix)) continue;
    const below = file.path.slice(prefix.length).split("/");
    const folders = recursive ? below.length - 1 : Math.min(1, below.length - 1);
    for (let depth = 1; depth <= folders; depth += 1) {
      const path = prefix + below.slice(0, depth).join("/");
      if (!items.has(path)) items.set(path, directoryItem(snapshot, path, expand));
    }
    if (recursive || below.length === 1) items.set(file.path, fileItem(snapshot, file, expand));
  }
  if (items.size === 0 && folder !== "") return undefined;
  return [...items.values()].toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** A file as trees and paths-info list it. */
export function fileItem(snapshot: RepoSnapshot, file: RepoFile, expand: boolean): TreeItem {
  return {
    type: "file",
    oid: file.oid,
    size: file.size,
    path: file.path,
    ...(file.lfs
      ? {
          lfs: { oid: file.lfs.sha256, size: file.size, pointerSize: file.lfs.pointerSize },
        }
      : {}),
    ...(file.xetHash === undefined ? {} : { xetHash: file.xetHash }),
    ...(expand
      ? {
          lastCommit: lastCommit(snapshot),
          securityFileStatus: {
            status: "safe",
            avScan: { status: "safe" },
            pickleImportScan: null,
          },
        }
      : {}),
  };
}

const MASK = "*".repeat(64);

/**
 * An entry as a tree of a gated repo shows it to a user without access: names, sizes and git ids are real, the digests
 * of content are not. Orolol/originator, observations/2026-10-06-tree-masking.json.
 */
export function maskItem(item: TreeItem): TreeItem {
  return {
    ...item,
    ...(item.lfs ? { lfs: { ...item.lfs, oid: MASK } } : {}),
    ...(item.xetHash === undefined ? {} : { xetHash: MASK }),
  };
}

/** A folder as trees and paths-info list it. */
export function directoryItem(snapshot: RepoSnapshot, path: string, expand: boolean): TreeItem {
  const oid = stableId("tree", snapshot.commit, path);
  const item: TreeItem = { type: "directory", oid, size: 0, path };
  return expand ? { ...item, lastCommit: lastCommit(snapshot) } : item;
}

function lastCommit({ commit, title, date }: RepoSnapshot): {
  id: string;
  title: string;
  date: string;
} {
  return { id: commit, title, date };
}
