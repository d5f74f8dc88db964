import { lstat } from "node:fs/promises";
import { join, sep } from "node:path";
import { isLitter } from "../names/litter.ts";
import { listFolder } from "../disk/list-folder.ts";
import { isBlobLock } from "../scan/scan-blobs.ts";
import type { Inventory } from "./inventory.ts";
import type { Leftover } from "./removal-plan.ts";

/**
 * Whether a repo folder is the remains of a killed removal: older than `graceMs`, with nothing in
 * it but `leftovers` and records about blobs. Python's client warns of such a folder at every
 * listing.
 */
export async function isShell(
  { layout, revisions, pins, uncertain }: Inventory,
  leftovers: readonly Leftover[],
  graceMs: number,
): Promise<boolean> {
  if (revisions.length > 0 || pins.length > 0 || uncertain) return false;
  const { repoDir, proofsDir, recordsDir } = layout;
  const stats = await lstat(repoDir).catch(() => undefined);
  const isOld =
    stats !== undefined && Date.now() - Math.max(stats.mtimeMs, stats.ctimeMs) >= graceMs;
  if (!isOld || !stats.isDirectory()) return false;
  const { entries, findings } = await listFolder(repoDir, { recursive: true });
  const gone = [proofsDir, join(recordsDir, "used"), ...leftovers.map(({ path }) => path)];
  return (
    findings.length === 0 &&
    entries.every((entry) => {
      if (entry.isDirectory() || isLitter(entry.name)) return true;
      if (entry.parentPath === layout.blobsDir && isBlobLock(entry.name)) return true;
      const path = entry.parentPath + sep + entry.name;
      return gone.some((one) => path === one || path.startsWith(one + sep));
    })
  );
}
