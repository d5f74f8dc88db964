import { lstat, readdir, readlink } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import { inBatches } from "../disk/in-batches.ts";
import { listFolder } from "../disk/list-folder.ts";
import { isHex } from "../names/is-hex.ts";
import type { RepoLayout } from "../names/layout.ts";

/** The blobs that newer Python clients share between repos, in `<cache>/blobs`. */
export interface SharedStore {
  /** All payloads, in bytes, whether some repo uses them or not. */
  readonly sizeOnDisk: number;
}

/** The file that marks a folder as the store (huggingface_hub's `_shared_blobs.py`). */
export const STORE_MARKER = ".huggingface-shared-blobs";

/**
 * The store of a cache. Undefined unless its folder carries the marker of huggingface_hub >= 1.32.
 * This package reads through links into the store and never adds to it. `sweepPayload` removes
 * payloads that no repo leads to, by the store's own protocol.
 */
export async function readSharedStore(cacheDir: string): Promise<SharedStore | undefined> {
  const directory = join(cacheDir, "blobs");
  const marker = await lstat(join(directory, STORE_MARKER)).catch(() => undefined);
  if (!marker?.isFile()) return undefined;
  const names = await readdir(directory, { recursive: true }).catch((): string[] => []);
  const sizes = await inBatches(names.filter(isPayloadName), async (name) => {
    const stats = await lstat(join(directory, name)).catch(() => undefined);
    return stats?.isFile() ? stats.size : 0;
  });
  return { sizeOnDisk: sizes.reduce((sum, size) => sum + size, 0) };
}

/** The payloads of the shared store that this repo's blobs lead to, by their first hop. */
export async function payloadsOf(layout: RepoLayout): Promise<readonly string[]> {
  const { entries } = await listFolder(layout.blobsDir);
  const links = entries.filter((entry) => entry.isSymbolicLink());
  const targets = await Promise.all(
    links.map(async ({ name }) => {
      const text = await readlink(join(layout.blobsDir, name)).catch(() => "");
      return resolve(layout.blobsDir, text);
    }),
  );
  return targets.filter((target) => isInStore(layout.cacheDir, target));
}

/** Whether a path lies in the cache's shared store. */
export function isInStore(cacheDir: string, path: string): boolean {
  return path.startsWith(join(cacheDir, "blobs") + sep);
}

/** Whether a path below the store is a payload's: `ab/<64 hex that begin with ab>`. */
export function isPayloadName(name: string): boolean {
  const [prefix, hash = "", ...rest] = name.split(sep);
  return rest.length === 0 && isHex(hash, 64) && hash.slice(0, 2) === prefix;
}
