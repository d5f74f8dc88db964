import type { Dirent } from "node:fs";

/** What Finder, Spotlight, Time Machine and Windows put into folders, and at the top of a disk. */
const LITTER: ReadonlySet<string> = new Set([
  ".DS_Store",
  ".DocumentRevisions-V100",
  ".Spotlight-V100",
  ".TemporaryItems",
  ".Trashes",
  ".apdisk",
  ".fseventsd",
  ".localized",
  ".metadata_never_index",
  "Icon\r",
  "Thumbs.db",
  "desktop.ini",
]);

/** Files that operating systems put into any folder. Every client of the cache skips them. */
export function isLitter(name: string): boolean {
  return LITTER.has(name) || isAppleDouble(name);
}

/**
 * The name of a file in which macOS keeps the extended attributes of another: `._NAME` beside NAME, on exFAT, on network
 * disks, and in archives of its tar.
 */
export function isAppleDouble(name: string): boolean {
  return name.startsWith("._");
}

/** Whether an entry of a snapshot is litter. A file that the repo itself holds under such a name is a link to its blob. */
export function isLitterEntry(entry: Pick<Dirent, "name" | "isSymbolicLink">): boolean {
  return isLitter(entry.name) && !entry.isSymbolicLink();
}
