import { open } from "node:fs/promises";
import { join } from "node:path";
import { createDigester, inspectFiles, snapshotDir, type SnapshotFile } from "@mlx-download/cache";
import type { HubClient } from "../hub/hub-client.ts";
import type { RepoRequest } from "../request/repo-request.ts";
import type { ResolvedSnapshot } from "../request/resolve-snapshot.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import { retrying } from "../hub/retrying.ts";
import { createHubSources } from "../transfer/sources/hub-sources.ts";
import type { ByteRange } from "../transfer/disk/ranges.ts";
import { SegmentError } from "../transfer/sources/source.ts";

/** Parts of a model's files, from wherever they are. */
export interface ModelBytes {
  /**
   * Bytes `start` to `end` of a file that the listing names. A whole file is verified by its digest where that is
   * known.
   */
  read(path: string, range: ByteRange): Promise<Uint8Array>;
  /** Whether a file can be read without network. */
  isHere(path: string): boolean;
  /** The network requests so far. */
  readonly wire: { readonly requests: number; readonly bytes: number };
}

/** The files of a snapshot: those in the cache from there, the others by Range from the Hubs. */
export async function createSnapshotBytes(
  request: RepoRequest,
  { snapshot, client }: Pick<ResolvedSnapshot, "snapshot" | "client">,
): Promise<ModelBytes> {
  const { layout, settings, signal } = request;
  const { commit, files } = snapshot;
  const states = await inspectFiles(layout, commit, files);
  const byPath = new Map(files.map((file) => [file.path, file]));
  const wire = { requests: 0, bytes: 0 };
  const source = createHubSources(request, snapshot, {
    listedBy: client,
    through: (one) => uncounted(one, wire),
  });
  return {
    wire,
    isHere: (path) => states.get(path) === "present",
    async read(path, range) {
      const file = byPath.get(path);
      if (file === undefined) throw new RangeError(`${path} is not in the listing`);
      if (states.get(path) === "present") {
        return readPart(join(snapshotDir(layout, commit), path), range);
      }
      return retrying(
        async () => {
          const bytes = Buffer.alloc(range.end - range.start + 1);
          let filled = 0;
          const sink = {
            space: () => bytes.subarray(filled),
            filled(count: number) {
              filled += count;
              return undefined;
            },
          };
          try {
            const onWire = (count: number): void => void (wire.bytes += count);
            await source.read(file, range, { sink, signal, onWire });
          } catch (error) {
            return { failed: failedTry(error, { path, repoId: snapshot.repoId }) };
          }
          const part = bytes.subarray(0, range.end - range.start);
          const wrong = mismatch(file, range, part);
          return wrong
            ? { failed: { error: wrong, status: 200, transient: true } }
            : { value: part };
        },
        { emit: request.emit, signal, path, baseMs: Math.min(500, settings.etagTimeoutMs) },
      );
    },
  };
}

/** The client without the header by which the Hub counts downloads, its requests counted here. */
function uncounted(client: HubClient, wire: { requests: number }): HubClient {
  const { "x-hf-download-counter": _, ...downloadHeaders } = client.downloadHeaders;
  return {
    ...client,
    downloadHeaders,
    send(...call) {
      wire.requests += 1;
      return client.send(...call);
    },
  };
}

function failedTry(
  error: unknown,
  about: { readonly path: string; readonly repoId: string },
): { readonly error: ModelDownloadError; readonly status?: number; readonly transient?: boolean } {
  if (error instanceof ModelDownloadError) return { error };
  if (!(error instanceof SegmentError)) throw error;
  const { cause } = error;
  const coded =
    cause instanceof ModelDownloadError
      ? cause
      : new ModelDownloadError(
          `${about.path} of ${about.repoId}: ${error.message}`,
          "transfer/interrupted",
          {
            hint: "Run the same command again.",
            repoId: about.repoId,
            data: { path: about.path },
            cause: error,
          },
        );
  const status = coded.data["status"];
  if (typeof status === "number") return { error: coded, status };
  // Any answer other than the bytes may be better the next time. `retrying` accepts one that comes twice.
  return error.failure === "transient"
    ? { error: coded }
    : { error: coded, status: 200, transient: true };
}

/** The error of a whole file whose bytes are not those that the Hub lists. */
function mismatch(
  file: SnapshotFile,
  range: ByteRange,
  bytes: Uint8Array,
): ModelDownloadError | undefined {
  if (range.start !== 0 || range.end !== file.size) return undefined;
  const digester = createDigester(file.digest.algorithm, file.size);
  digester.update(bytes);
  const actual = digester.digest();
  if (actual === file.digest.hex) return undefined;
  return new ModelDownloadError(
    `${file.path} is not what the Hub lists: its ${file.digest.algorithm} is ${actual}`,
    "transfer/checksum-mismatch",
    {
      hint: "The server or a proxy changes it on the way. Try another endpoint or network.",
      data: { path: file.path, expected: file.digest.hex, actual },
    },
  );
}

/** Bytes of a file on this disk. Fewer when it is shorter. */
export async function readPart(path: string, { start, end }: ByteRange): Promise<Uint8Array> {
  const handle = await open(path, "r");
  try {
    const bytes = Buffer.alloc(end - start);
    let filled = 0;
    while (filled < bytes.byteLength) {
      const { bytesRead } = await handle.read(
        bytes,
        filled,
        bytes.byteLength - filled,
        start + filled,
      );
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return bytes.subarray(0, filled);
  } finally {
    await handle.close();
  }
}
