import { readdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { discard, tempPath } from "../disk/durable-file.ts";
import { ensureDirectory } from "../disk/real-directory.ts";
import { isHex } from "../names/is-hex.ts";
import type { ProofFolder } from "./proof-record.ts";

/** Behind the name of the blob, beside its proof record. */
export const XET_RECORD_END = ".xet";

// A blob of 1 TB has some 50 MB.
const MAX_BYTES = 64 << 20;

/**
 * Saves what is known of a blob's chunks in Xet storage, as `@mlx-download/xet` encodes it, beside its proof record. It is
 * removed with the blob. It only saves bytes later, so it is not synced to the disk.
 */
export async function writeXetRecord(
  { root, directory }: ProofFolder,
  hex: string,
  record: Uint8Array,
): Promise<void> {
  if (!isHex(hex, 64)) return;
  await ensureDirectory(root, directory);
  const temp = tempPath(directory);
  try {
    await writeFile(temp, record, { flag: "wx" });
    await rename(temp, join(directory, hex + XET_RECORD_END));
  } catch (error) {
    await discard(temp);
    throw error;
  }
}

/** The record of a blob. Undefined when there is none that can be read. */
export async function readXetRecord(
  { directory }: Pick<ProofFolder, "directory">,
  hex: string,
): Promise<Uint8Array | undefined> {
  const path = join(directory, hex + XET_RECORD_END);
  try {
    const { size } = await stat(path);
    return size > MAX_BYTES ? undefined : await readFile(path);
  } catch {
    return undefined;
  }
}

/** The blobs that have a record, by digest. */
export async function listXetRecords({
  directory,
}: Pick<ProofFolder, "directory">): Promise<readonly string[]> {
  const names = await readdir(directory).catch(() => []);
  return names
    .filter((name) => name.endsWith(XET_RECORD_END))
    .map((name) => name.slice(0, -XET_RECORD_END.length))
    .filter((hex) => isHex(hex, 64));
}
