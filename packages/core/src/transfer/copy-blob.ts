import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, open, rm, stat } from "node:fs/promises";
import type { PlannedBlob } from "./plan.ts";
import { BUFFER_BYTES, giveBuffer, takeBuffer } from "./disk/buffer-pool.ts";
import type { DiskBlob } from "./disk/disk-thread.ts";
import { isDiskFull } from "./disk-full.ts";
import type { FileProgress } from "./progress.ts";
import type { TransferContext } from "./transfer-context.ts";
import { unlessAborted } from "../http/unless-aborted.ts";

/**
 * Copies a blob from elsewhere on this disk and verifies the copy. It is a clone where the file system shares extents,
 * otherwise a copy byte by byte. Resolves to a temp file with its bytes and the digests of its prefixes (a proof
 * record), or to undefined when the file found there is not the blob.
 */
export async function copyBlob(
  blob: PlannedBlob,
  from: string,
  { context, progress }: { readonly context: TransferContext; readonly progress: FileProgress },
): Promise<{ readonly temp: string; readonly beginnings: readonly string[] } | undefined> {
  const [file] = blob.files;
  const beginnings: string[] = [];
  const { data } = context.target.partialPaths(file);
  const temp = `${data}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    if ((await stat(from)).size === blob.size) {
      const cloned = await clone(from, temp);
      if (!cloned) await (await open(temp, "wx", 0o644)).close();
      const copy = context.disk.open(temp, {
        digest: file.digest,
        size: blob.size,
        writable: !cloned,
        onPrefix: (_end, hex) => beginnings.push(hex),
      });
      try {
        if (cloned) {
          context.emit({ type: "verifying", path: file.path, size: blob.size });
          progress.copied = blob.size;
          copy.advance(blob.size);
        } else await pump({ path: from, size: blob.size }, copy, { context, progress });
        if ((await unlessAborted(copy.digest(), context.signal)) === file.digest.hex) {
          return { temp, beginnings };
        }
      } finally {
        copy.close();
      }
    }
  } catch (error) {
    await rm(temp, { force: true });
    context.signal.throwIfAborted();
    // Fetching it would need the same room.
    if (isDiskFull(error)) throw error;
    context.emit({
      type: "warning",
      code: "cache/not-found",
      message: `could not copy ${file.path} from this disk (${(error as Error).message}). It is fetched instead`,
    });
  }
  await rm(temp, { force: true });
  return undefined;
}

/** Whether the file system made a clone, which takes no time and no room. */
async function clone(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    return true;
  } catch {
    await rm(to, { force: true });
    return false;
  }
}

/** Copies all bytes, one piece being read while the one before is written and hashed. */
async function pump(
  from: { readonly path: string; readonly size: number },
  to: DiskBlob,
  { context, progress }: { readonly context: TransferContext; readonly progress: FileProgress },
): Promise<void> {
  const source = await open(from.path, "r");
  let writing: Promise<void> = Promise.resolve();
  try {
    for (let position = 0; position < from.size;) {
      context.signal.throwIfAborted();
      const buffer = takeBuffer();
      let bytes: Uint8Array;
      try {
        const { bytesRead } = await source.read(buffer, 0, BUFFER_BYTES, position);
        if (bytesRead === 0) throw new Error(`it ended at byte ${position}`);
        bytes = buffer.subarray(0, bytesRead);
        await writing;
      } catch (error) {
        giveBuffer(buffer);
        throw error;
      }
      writing = to.write(bytes, position).finally(() => giveBuffer(buffer));
      // Heard of with the next piece, or below.
      writing.catch(() => undefined);
      position += bytes.byteLength;
      progress.copied = position;
      progress.verified = to.hashed;
    }
    await writing;
  } finally {
    await writing.catch(() => undefined);
    await source.close();
  }
}
