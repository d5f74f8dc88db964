import { randomBytes } from "node:crypto";
import { open, rm, writeFile } from "node:fs/promises";
import { createDigester } from "@mlx-download/cache";
import type { PlannedBlob } from "./plan.ts";
import { checksumMismatch, tellMismatch } from "./checksum-mismatch.ts";
import type { FileProgress } from "./progress.ts";
import { readSegment } from "./segments/read-segment.ts";
import { oneLease } from "./segments/segment-allocator.ts";
import type { BlobRequest } from "./sources/source.ts";
import type { Opinion, SourceSet } from "./sources/source-set.ts";
import type { TransferContext } from "./transfer-context.ts";

const TRIES = 3;

/** The source to ask for a small blob: any at first, then one that has not brought wrong bytes of it. */
function whomToAsk(source: SourceSet, blob: BlobRequest, attempt: number): Opinion {
  if (attempt === 1) return "any";
  const [part] = source.parts(blob, { start: 0, end: blob.size });
  const from = source.namesFor(blob).find((name) => part?.sources.has(name) === false);
  return from === undefined ? "another" : { from };
}

/** Fetches and verifies a blob of at most `SMALL_BLOB_BYTES`. Resolves to a temp file that holds its bytes. */
export async function transferSmallBlob(
  blob: PlannedBlob,
  progress: FileProgress,
  context: TransferContext,
): Promise<string> {
  const [file] = blob.files;
  const { data } = context.target.partialPaths(file);
  const rejected = `${data}.rejected`;
  const bytes = Buffer.allocUnsafe(blob.size);
  const request = { path: file.path, size: file.size, digest: file.digest };
  const whole = { start: 0, end: blob.size };
  const tries = Math.max(TRIES, context.source.namesFor(request).length);
  for (let attempt = 1; ; attempt += 1) {
    progress.received = 0;
    await readSegment(request, {
      context,
      signal: context.signal,
      take: oneLease(whole),
      opinion: whomToAsk(context.source, request, attempt),
      onConnection: (change) => (progress.connections += change),
      open(start) {
        let position = start;
        return {
          get position() {
            return position;
          },
          space: () => bytes.subarray(position),
          filled(count) {
            position += count;
            progress.received = position;
            return undefined;
          },
          drain: () => Promise.resolve(),
        };
      },
    });
    const digester = createDigester(file.digest.algorithm, blob.size);
    digester.update(bytes);
    const actual = digester.digest();
    if (actual === file.digest.hex) {
      if (attempt > 1) context.source.settle(request, [whole]);
      break;
    }
    const last = attempt >= tries;
    const kept = last ? await keepRejected(rejected, bytes) : undefined;
    const error = checksumMismatch(file, actual, {
      context,
      evidence: { attempts: attempt, kept },
    });
    if (last) throw error;
    tellMismatch(error, file, { context });
  }
  progress.verified = blob.size;

  await rm(rejected, { force: true });
  // A name of its own: two runs may bring the same small file at once, and both may publish it.
  const temp = `${data}.${randomBytes(4).toString("hex")}.tmp`;
  const handle = await open(temp, "wx", 0o644);
  try {
    await handle.writeFile(bytes);
  } catch (error) {
    await rm(temp, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return temp;
}

/** Keeps bad bytes for inspection: one copy a blob, removed by its next success. */
async function keepRejected(path: string, bytes: Uint8Array): Promise<string | undefined> {
  try {
    // No link in its place is written through, and none is left behind.
    await rm(path, { force: true });
    await writeFile(path, bytes, { flag: "wx", mode: 0o644 });
    return path;
  } catch {
    return undefined;
  }
}
