import { realpath } from "node:fs/promises";
import { createDigester } from "../digest/digest.ts";
import { type CopyOptions, startCopyMeter } from "../disk/copy-meter.ts";
import { CacheError } from "../names/errors.ts";
import { repoFolderName } from "../names/repo-id.ts";
import { snapshotPath, type RepoLayout } from "../names/layout.ts";
import {
  amountOf,
  describeSnapshot,
  formatManifest,
  includedFiles,
  MANIFEST_FILE,
} from "./manifest.ts";
import type { SnapshotFile } from "../digest/snapshot-file.ts";
import { makePlainFolder } from "./plain-folder.ts";
import { padding, tarEnd, tarHeader } from "./tar-format.ts";
import { readPieces } from "../digest/write-proved.ts";

/** The result of an export. */
export interface Exported {
  readonly files: number;
  /** Of the content. */
  readonly bytes: number;
}

/**
 * Copies a snapshot into the folder `target`, every byte verified, with a manifest from which `importModel` makes the same
 * snapshot in another cache. An export of the same repo that is there is replaced in one step. With `resume` what an
 * interrupted run of the same export brought is verified and stays. Throws
 * `cache/not-found`, `cache/not-ours`, `cache/digest-mismatch` when a file of the cache is damaged.
 */
export async function exportFolder(
  layout: RepoLayout,
  snapshot: { readonly revision: string; readonly commit: string },
  options: CopyOptions & { readonly target: string; readonly resume?: boolean | undefined },
): Promise<Exported & { readonly path: string; readonly included: readonly SnapshotFile[] }> {
  const manifest = await describeSnapshot(layout, snapshot);
  const { path } = await makePlainFolder(layout, options.target, {
    ...options,
    manifest,
    share: false,
  });
  const { files, bytes } = amountOf(manifest);
  return { path, files, bytes, included: includedFiles(manifest) };
}

/**
 * A snapshot as a tar archive: one folder with the manifest first. The same snapshot always gives
 * the same bytes. The content is verified as it passes. On `cache/digest-mismatch` the archive
 * lacks its end marker, so that no reader accepts it as complete.
 */
export async function* exportTar(
  layout: RepoLayout,
  snapshot: { readonly revision: string; readonly commit: string },
  options: CopyOptions = {},
): AsyncGenerator<Uint8Array, Exported> {
  const { signal } = options;
  const manifest = await describeSnapshot(layout, snapshot);
  const folder = repoFolderName(layout.repoId, layout.repoType);
  const text = Buffer.from(formatManifest(manifest));
  yield tarHeader(`${folder}/${MANIFEST_FILE}`, text.length);
  yield Buffer.concat([text, Buffer.alloc(padding(text.length))]);
  const amount = amountOf(manifest);
  const meter = startCopyMeter(amount, options);
  const sorted = includedFiles(manifest).toSorted((a, b) => (a.path < b.path ? -1 : 1));
  for (const file of sorted) {
    const digester = createDigester(file.digest.algorithm, file.size);
    yield tarHeader(`${folder}/${file.path}`, file.size);
    const source = await realpath(snapshotPath(layout, manifest.commit, file.path));
    let total = 0;
    for await (const chunk of readPieces(source)) {
      signal?.throwIfAborted();
      total += chunk.byteLength;
      if (total > file.size) break;
      digester.update(chunk);
      meter.onBytes(chunk.byteLength);
      yield chunk;
    }
    const actual = digester.digest();
    if (total !== file.size || actual !== file.digest.hex) {
      throw new CacheError(`${file.path} of ${layout.repoId} is damaged`, "cache/digest-mismatch", {
        hint: "The archive is incomplete. Fix the model with mlx-download repair, then export again.",
        data: { path: file.path, expected: file.digest.hex, actual },
      });
    }
    yield Buffer.alloc(padding(file.size));
    meter.onFile();
  }
  meter.end();
  yield tarEnd();
  return { files: amount.files, bytes: amount.bytes };
}
