import type { FileHandle } from "node:fs/promises";

/** A write may be short (a full disk, a signal): goes on until all bytes are in or the system says why not. */
export async function writeAll(file: FileHandle, bytes: Uint8Array, start: number): Promise<void> {
  for (let written = 0; written < bytes.byteLength;) {
    const { bytesWritten } = await file.write(
      bytes,
      written,
      bytes.byteLength - written,
      start + written,
    );
    written += bytesWritten;
  }
}
