import { type Dirent, lstatSync, readdirSync } from "node:fs";
import { sep } from "node:path";
import type { Finding } from "../names/finding.ts";
import { isAppleDouble } from "../names/litter.ts";
import { errnoOf } from "./errno.ts";

/** The entries of a folder by name, and a finding about the folder itself. */
export interface FolderListing {
  readonly entries: Dirent[];
  readonly findings: Finding[];
  readonly exists: boolean;
}

/**
 * Lists a folder by name. Folders behind links are not entered. An absent folder is empty. One that
 * is not a real folder or cannot be read is empty with a finding. The `._` files of macOS are left out.
 */
export async function listFolder(
  path: string,
  options: { recursive?: boolean } = {},
): Promise<FolderListing> {
  return await Promise.resolve(listFolderSync(path, options));
}

/** `listFolder` on this thread. */
export function listFolderSync(
  path: string,
  options: { recursive?: boolean | undefined } = {},
): FolderListing {
  const { recursive = false } = options;
  try {
    const stats = lstatSync(path, { throwIfNoEntry: false });
    if (stats === undefined) return { entries: [], findings: [], exists: false };
    if (stats.isSymbolicLink()) {
      const message = "A link lies where a folder belongs. It was not followed.";
      return { entries: [], exists: true, findings: [{ code: "planted-link", path, message }] };
    }
    if (!stats.isDirectory()) {
      const message = "A file lies where a folder belongs.";
      return { entries: [], exists: true, findings: [{ code: "stray-file", path, message }] };
    }
  } catch (error) {
    return { entries: [], exists: true, findings: [unreadable(path, error)] };
  }
  const listing: FolderListing = { entries: [], findings: [], exists: true };
  fill(listing, path, recursive);
  return listing;
}

function fill(listing: FolderListing, path: string, recursive: boolean): void {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      if (isAppleDouble(entry.name) && entry.isFile()) continue;
      listing.entries.push(entry);
      if (recursive && entry.isDirectory()) fill(listing, path + sep + entry.name, recursive);
    }
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") listing.findings.push(unreadable(path, error));
  }
}

function unreadable(path: string, error: unknown): Finding {
  const message = `The folder cannot be read (${errnoOf(error) ?? "unknown error"}).`;
  return { code: "unreadable", path, message };
}
