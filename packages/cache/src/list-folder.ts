import type { Dirent } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import type { Finding } from "./finding.ts";
import { errnoOf } from "./fs-error.ts";

/**
 * What a folder holds, by name; folders reached through links are not entered. An absent folder is empty, one that is
 * no real folder or cannot be read is empty with a finding.
 */
export async function listFolder(
  path: string,
  options: { recursive?: boolean } = {},
): Promise<{ entries: Dirent[]; findings: Finding[]; exists: boolean }> {
  try {
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) {
      const message = "A link lies where a folder belongs; it was not followed.";
      return { entries: [], exists: true, findings: [{ code: "planted-link", path, message }] };
    }
    if (!stats.isDirectory()) {
      const message = "A file lies where a folder belongs.";
      return { entries: [], exists: true, findings: [{ code: "stray-file", path, message }] };
    }
    const { recursive = false } = options;
    const entries = await readdir(path, { recursive, withFileTypes: true });
    return { entries: entries.toSorted(byPath), exists: true, findings: [] };
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return { entries: [], exists: false, findings: [] };
    const message = `The folder cannot be read (${errnoOf(error) ?? "unknown error"}).`;
    return { entries: [], exists: true, findings: [{ code: "unreadable", path, message }] };
  }
}

function byPath(a: Dirent, b: Dirent): number {
  const [left, right] = [`${a.parentPath}/${a.name}`, `${b.parentPath}/${b.name}`];
  return left < right ? -1 : left > right ? 1 : 0;
}
