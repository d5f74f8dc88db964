import { stableId } from "../store/git-object.ts";
import type { RepoFile, RepoSnapshot } from "../store/repo-store.ts";
import type { LastCommit } from "./last-commits.ts";

/** One entry of a tree or paths-info answer, in the Hub's spelling. */
export interface TreeItem {
  readonly type: "file" | "directory";
  readonly oid: string;
  readonly size: number;
  readonly path: string;
  readonly lfs?: { readonly oid: string; readonly size: number; readonly pointerSize: number };
  readonly xetHash?: string;
  readonly lastCommit?: LastCommit;
  readonly securityFileStatus?: unknown;
}

/**
 * Optional fields of entries: the xet hash of a file that has one, and the fields that `expand`
 * adds.
 */
export interface ItemDetails {
  readonly xetHash: (file: RepoFile) => string | undefined;
  readonly expanded:
    | {
        readonly lastCommit: (path: string) => LastCommit;
        readonly security: (file: RepoFile) => unknown;
      }
    | undefined;
}

/**
 * The entries below `folder` (empty: the root): in each folder the folders first and then the
 * files, both by name, and after them the content of those folders. Undefined when there is no such
 * folder. Folders first: Orolol/originator, observations/2026-10-06-clone-seed-reads.json
 * (tree-main). The order below the first level was not recorded.
 */
export function treeItems(
  snapshot: RepoSnapshot,
  options: { folder: string; recursive: boolean; details: ItemDetails },
): readonly TreeItem[] | undefined {
  const { folder, recursive, details } = options;
  const prefix = folder === "" ? "" : `${folder}/`;
  const items = new Map<string, TreeItem>();
  for (const file of snapshot.files) {
    if (!file.path.startsWith(prefix)) continue;
    const below = file.path.slice(prefix.length).split("/");
    const folders = recursive ? below.length - 1 : Math.min(1, below.length - 1);
    for (let depth = 1; depth <= folders; depth += 1) {
      const path = prefix + below.slice(0, depth).join("/");
      if (!items.has(path)) items.set(path, directoryItem(snapshot, path, details));
    }
    if (recursive || below.length === 1) items.set(file.path, fileItem(file, details));
  }
  if (items.size === 0 && folder !== "") return undefined;
  const keys = new Map([...items.values()].map((item) => [item, sortKey(item)]));
  return [...items.values()].toSorted((a, b) =>
    (keys.get(a) ?? "") < (keys.get(b) ?? "") ? -1 : 1,
  );
}

/** A file as trees and paths-info list it. */
export function fileItem(file: RepoFile, { xetHash, expanded }: ItemDetails): TreeItem {
  const hash = xetHash(file);
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
    ...(hash === undefined ? {} : { xetHash: hash }),
    ...(expanded
      ? {
          lastCommit: expanded.lastCommit(file.path),
          securityFileStatus: expanded.security(file),
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
export function directoryItem(
  snapshot: RepoSnapshot,
  path: string,
  { expanded }: ItemDetails,
): TreeItem {
  const oid = stableId("tree", snapshot.commit, path);
  const item: TreeItem = { type: "directory", oid, size: 0, path };
  return expanded ? { ...item, lastCommit: expanded.lastCommit(path) } : item;
}

/** Sorts by depth first, so that a folder's content follows everything of its own level. */
function sortKey({ type, path }: TreeItem): string {
  const depth = path.split("/").length;
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  return `${String(depth).padStart(4, "0")}${folder}\0${type === "directory" ? 0 : 1}${path}`;
}
