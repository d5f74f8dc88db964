import { mkdir, open, rename } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { discard, syncDirectory } from "../disk/durable-file.ts";
import { fsError } from "../disk/fs-error.ts";
import type { RepoLayout } from "../names/layout.ts";
import { exportTar, type Exported } from "./export-model.ts";
import { sweepUnfinished, unfinishedPath } from "./unfinished.ts";
import type { CopyOptions } from "../disk/copy-meter.ts";

/**
 * Writes the archive of `exportTar` into the file `target`, which gets its name when it is whole and on the disk; a file
 * that is there is replaced. Throws what `exportTar` throws, and `cache/disk-full` or `cache/not-writable`.
 */
export async function exportArchive(
  layout: RepoLayout,
  snapshot: { readonly revision: string; readonly commit: string },
  options: CopyOptions & { readonly target: string },
): Promise<Exported & { readonly path: string }> {
  const path = resolve(options.target);
  const temp = unfinishedPath(path);
  try {
    await mkdir(dirname(path), { recursive: true });
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

async function write(
  pieces: AsyncGenerator<Uint8Array, Exported>,
  target: string,
): Promise<Exported> {
  const file = await open(target, "wx");
  try {
    for (;;) {
      const { value, done } = await pieces.next();
      if (done === true) {
        await file.sync();
        return value;
      }
      await file.writeFile(value);
    }
  } finally {
    await file.close();
  }
}
