import { lstat, readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { inBatches } from "../disk/in-batches.ts";

/** The blobs that newer Python clients share between repos, in `<cache>/blobs`. */
export interface SharedStore {
  /** All payloads, in bytes, whether some repo uses them or not. */
  readonly sizeOnDisk: number;
}

/**
 * The store of a cache, undefined unless its folder carries the marker of huggingface_hub >= 1.32. It is theirs: this
 * package reads through links into it and never writes or removes anything there.
 */
export async function readSharedStore(cacheDir: string): Promise<SharedStore | undefined> {
  const directory = join(cacheDir, "blobs");
  const marker = await lstat(join(directory, ".huggingface-shared-blobs")).catch(() => undefined);
  if (!marker?.isFile()) return undefined;
  const names = await readdir(directory, { recursive: true }).catch((): string[] => []);
  const payloads = names.filter((name) => isPayload(name));
  const sizes = await inBatches(payloads, async (name) => {
    const stats = await lstat(join(directory, name)).catch(() => undefined);
    return stats?.isFile() ? stats.size : 0;
  });
  return { sizeOnDisk: sizes.reduce((sum, size) => sum + size, 0) };
}

function isPayload(name: string): boolean {
  const [prefix, hash, ...rest] = name.split(sep);
  return (
    rest.length === 0 &&
    hash !== undefined &&
    /^[0-9a-f]{64}$/.test(hash) &&
    hash.slice(0, 2) === prefix
  );
}
