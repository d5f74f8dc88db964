import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { createDigester } from "./digest.ts";
import { discard } from "../disk/durable-file.ts";
import { CacheError } from "../names/errors.ts";
import type { SnapshotFile } from "./snapshot-file.ts";
import { syncHandle } from "../disk/sync-handle.ts";

/** Called while a file is written. */
export interface ProveOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes of this chunk. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/**
 * Writes bytes into the new file `target` and verifies them against `file`. The file is on the disk
 * when this resolves. Throws `cache/digest-mismatch` or `cache/size-mismatch` and leaves no file
 * then.
 */
export async function writeProved(
  source: AsyncIterable<Uint8Array>,
  target: string,
  options: ProveOptions & { readonly file: SnapshotFile },
): Promise<void> {
  const { file, signal, onBytes } = options;
  const digester = createDigester(file.digest.algorithm, file.size);
  const handle = await open(target, "wx", 0o666);
  let done = false;
  try {
    let total = 0;
    for await (const chunk of source) {
      signal?.throwIfAborted();
      total += chunk.byteLength;
      if (total > file.size) throw wrongSize(file, total);
      digester.update(chunk);
      await writeAll(handle, chunk);
      onBytes?.(chunk.byteLength);
    }
    if (total !== file.size) throw wrongSize(file, total);
    const actual = digester.digest();
    if (actual !== file.digest.hex) {
      throw new CacheError(
        `The content of ${file.path} does not match its digest`,
        "cache/digest-mismatch",
        {
          hint: "It is damaged where it was read from: mlx-download verify finds out, repair mends it.",
          data: { path: file.path, expected: file.digest.hex, actual },
        },
      );
    }
    await syncHandle(handle);
    done = true;
  } finally {
    await handle.close();
    if (!done) await discard(target);
  }
}

/** A file's bytes in large pieces. */
export function readPieces(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path, { highWaterMark: 1 << 20 });
}

async function writeAll(
  handle: Awaited<ReturnType<typeof open>>,
  chunk: Uint8Array,
): Promise<void> {
  for (let at = 0; at < chunk.byteLength;) {
    const { bytesWritten } = await handle.write(chunk, at, chunk.byteLength - at);
    at += bytesWritten;
  }
}

function wrongSize({ path, size }: SnapshotFile, actual: number): CacheError {
  return new CacheError(`${path} does not have its ${size} bytes`, "cache/size-mismatch", {
    hint: "The source is truncated or damaged. Nothing of it was kept.",
    data: { path, expected: size, actual },
  });
}
