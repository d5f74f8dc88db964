import { fdatasync, fsync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { errnoOf } from "./errno.ts";

/** Puts an open file, or the names in an open folder, on the disk. */
export async function syncHandle(handle: FileHandle): Promise<void> {
  try {
    await handle.sync();
  } catch (error) {
    await byDescriptor(fsync, handle, error);
  }
}

/** Puts the bytes of an open file on the disk, and of the rest only what is needed to read them. */
export async function syncData(handle: FileHandle): Promise<void> {
  try {
    await handle.datasync();
  } catch (error) {
    await byDescriptor(fdatasync, handle, error);
  }
}

/** The handles of Yarn's Plug'n'Play have no sync(): they throw an error that is not the system's. */
async function byDescriptor(sync: typeof fsync, { fd }: FileHandle, error: unknown): Promise<void> {
  if (errnoOf(error) !== undefined) throw error;
  await promisify(sync)(fd);
}
