import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, rm, stat } from "node:fs/promises";
import type { PlannedBlob } from "../plan.ts";
import { isDiskFull } from "./disk-full.ts";
import type { TransferContext } from "./transfer-context.ts";
import { unlessAborted } from "./unless-aborted.ts";

/**
 * Clones a blob from elsewhere on this disk (free where the file system shares extents) and proves the copy; resolves
 * to a temp file with its bytes, or to undefined when what was found there is not the blob.
 */
export async function copyBlob(
  blob: PlannedBlob,
  from: string,
  context: TransferContext,
): Promise<string | undefined> {
  const [file] = blob.files;
  const { data } = context.target.partialPaths(file);
  const temp = `${data}.${randomBytes(4).toString("hex")}.tmp`;
  try {
    await copyFile(from, temp, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
    if ((await stat(temp)).size === blob.size) {
      if ((await hashCopy(temp, blob, context)) === file.digest.hex) return temp;
    }
  } catch (error) {
    await rm(temp, { force: true });
    context.signal.throwIfAborted();
    // Fetching it would need the same room.
    if (isDiskFull(error)) throw error;
    context.emit({
      type: "warning",
      code: "cache/not-found",
      message: `could not copy ${file.path} from this disk (${(error as Error).message}); fetching it`,
    });
  }
  await rm(temp, { force: true });
  return undefined;
}

async function hashCopy(
  path: string,
  { files: [file], size }: PlannedBlob,
  { disk, emit, signal }: TransferContext,
): Promise<string> {
  const copy = disk.open(path, { digest: file.digest, size, writable: false });
  try {
    emit({ type: "verifying", path: file.path, size });
    copy.advance(size);
    return await unlessAborted(copy.digest(), signal);
  } finally {
    copy.close();
  }
}
