import { readdir, readlink, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { digestFile, digestOfHex } from "../digest/digest.ts";
import { inBatches } from "../disk/in-batches.ts";
import { snapshotDir, type RepoLayout } from "../names/layout.ts";
import { isLitterEntry } from "../names/litter.ts";
import { lfsPointerId } from "../digest/lfs-pointer.ts";
import { checkRepoPath } from "../names/repo-path.ts";
import type { SnapshotFile } from "../digest/snapshot-file.ts";

/**
 * The files in a snapshot's folder, for snapshots without a recorded listing (older clients): size
 * from the disk, digest from the blob's name. A plain file is read for its sha256. Dangling links
 * and entries without a safe path are left out. Empty when there is no such snapshot. Missing files
 * are not reported.
 */
export async function listSnapshot(
  layout: RepoLayout,
  commit: string,
): Promise<readonly SnapshotFile[]> {
  const folder = snapshotDir(layout, commit);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = await inBatches(entries, async (entry) => {
    const file = join(entry.parentPath, entry.name);
    const skipped = entry.isDirectory() || isLitterEntry(entry);
    const stats = skipped ? undefined : await stat(file).catch(() => undefined);
    if (stats?.isFile() !== true) return undefined;
    const name = basename(await readlink(file).catch(() => ""));
    const digest = digestOfHex(name.toLowerCase()) ?? (await digestFile(file, "sha256"));
    const path = file.slice(folder.length + 1).replaceAll("\\", "/");
    const { size } = stats;
    const blobId = digest.algorithm === "sha256" ? lfsPointerId(digest.hex, size) : digest.hex;
    try {
      return { path: checkRepoPath(path), size, digest, blobId };
    } catch {
      return undefined;
    }
  });
  return files.filter((file) => file !== undefined).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}
