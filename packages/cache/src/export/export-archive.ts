import { lstat, open, rename } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { makeFolders } from "../disk/make-folders.ts";
import { discard, syncDirectory } from "../disk/durable-file.ts";
import { errnoOf } from "../disk/errno.ts";
import { CacheError } from "../names/errors.ts";
import { MANIFEST_FILE } from "./manifest.ts";
import { BLOCK, readTarHeader } from "./tar-format.ts";
import { fsError } from "../disk/fs-error.ts";
import type { RepoLayout } from "../names/layout.ts";
import { exportTar, type Exported } from "./export-model.ts";
import { sweepUnfinished, unfinishedPath } from "./unfinished.ts";
import type { CopyOptions } from "../disk/copy-meter.ts";
import { syncHandle } from "../disk/sync-handle.ts";
import { refuseInsideCache } from "./refuse-inside-cache.ts";

/**
 * Writes the archive of `exportTar` into the file `target`, which gets its name when it is complete
 * and on the disk. An archive of an earlier export is replaced. Any other existing file is
 * `cache/not-ours`. Throws the errors of `exportTar`, and `cache/disk-full` or
 * `cache/not-writable`.
 */
export async function exportArchive(
  layout: RepoLayout,
  snapshot: { readonly revision: string; readonly commit: string },
  options: CopyOptions & { readonly target: string },
): Promise<Exported & { readonly path: string }> {
  const path = resolve(options.target);
  const temp = unfinishedPath(path);
  try {
    await refuseInsideCache(layout.cacheDir, path);
    await makeFolders(dirname(path));
    await refuseOthers(path);
    await sweepUnfinished(path);
    const exported = await write(exportTar(layout, snapshot, options), temp);
    await rename(temp, path);
    await syncDirectory(dirname(path));
    return { path, ...exported };
  } catch (error) {
    throw fsError(error, path);
  } finally {
    await discard(temp);
  }
}

/** Throws unless nothing is there, or a tar archive that begins with our manifest. */
async function refuseOthers(path: string): Promise<void> {
  const stats = await lstat(path).catch((error: unknown) => {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (stats === undefined) return;
  if (stats.isFile() && (await beginsWithManifest(path))) return;
  throw new CacheError(`${path} is there, and is no archive of an export`, "cache/not-ours", {
    hint: "Nothing was written. Choose another name, or remove the file.",
    data: { path },
  });
}

async function beginsWithManifest(path: string): Promise<boolean> {
  const file = await open(path, "r");
  try {
    const head = Buffer.alloc(BLOCK);
    const { bytesRead } = await file.read(head, 0, BLOCK, 0);
    const name = bytesRead === BLOCK ? readTarHeader(head)?.name : undefined;
    return name?.endsWith(`/${MANIFEST_FILE}`) === true;
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

async function write(
  pieces: AsyncGenerator<Uint8Array, Exported>,
  target: string,
): Promise<Exported> {
  const file = await open(target, "wx");
  try {
    for (;;) {
      const { value, done } = await pieces.next();
      if (done === true) {
        await syncHandle(file);
        return value;
      }
      await file.writeFile(value);
    }
  } finally {
    await file.close();
  }
}
