import { basename, join } from "node:path";
import type { RepoLayout } from "./layout.ts";
import { listFolder } from "./list-folder.ts";
import { tryLock } from "./lock.ts";

/**
 * The lock of a blob that somebody, we or Python's client, is downloading into this repo now; undefined when nobody is.
 * Only blobs with unfinished data are asked about, since every lock file stays behind for ever.
 */
export async function findActiveDownload(layout: RepoLayout): Promise<string | undefined> {
  const partial = await listFolder(layout.partialDir);
  const blobs = await listFolder(layout.blobsDir);
  const unfinished = [
    ...partial.entries.map(({ name }) => name).filter((name) => name.endsWith(".data")),
    ...blobs.entries.map(({ name }) => name).filter((name) => name.endsWith(".incomplete")),
  ];
  const hexes = new Set(unfinished.map((name) => name.split(".")[0] ?? ""));
  const locks = await listFolder(layout.locksDir);
  for (const { name } of locks.entries) {
    if (!hexes.has(basename(name, ".lock"))) continue;
    const path = join(layout.locksDir, name);
    const lock = await tryLock(path);
    if (lock === undefined) return path;
    await lock.release();
  }
  return undefined;
}
