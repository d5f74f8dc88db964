import { formatDigest, type SnapshotFile } from "@mlx-download/cache";
import type { KnownSnapshot } from "../settings/known-snapshot.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import { listTree } from "../hub/list-tree.ts";
import { resolveCommit } from "../hub/resolve-commit.ts";
import type { DownloadRequest } from "../request/download-request.ts";
import { createFileSource } from "../transfer/sources/file-source.ts";
import { createHubSources } from "../transfer/sources/hub-sources.ts";
import { type OtherPlace, orSameBytes } from "../transfer/sources/same-bytes.ts";
import type { Peers } from "../transfer/sources/peers.ts";
import type { BlobRequest } from "../transfer/sources/source.ts";
import { createSourceSet, type SourceSet } from "../transfer/sources/source-set.ts";
import { findLocalCopies } from "./local-copies.ts";

interface CurrentSnapshot {
  readonly files: readonly SnapshotFile[];
  readonly source: SourceSet;
}

/**
 * The Hubs as sources of a known snapshot. When none has its commit any more, the same bytes are taken from the files
 * that the revision has now (listed once), or else from another repo in the cache. `onElsewhere` is told of either.
 */
export function createKnownSources(
  request: DownloadRequest,
  known: KnownSnapshot,
  options: {
    readonly onElsewhere: () => void;
    readonly peers?: Peers | undefined;
  },
): SourceSet {
  const { onElsewhere, peers } = options;
  const { repoId, commit, revision = "main" } = known;
  const { layout, emit } = request;
  let current: Promise<CurrentSnapshot | undefined> | undefined;
  const warn = (where: string, gone: ModelDownloadError): void =>
    emit({
      type: "warning",
      code: "lock/commit-gone",
      message: `${repoId} no longer has the commit ${commit.slice(0, 7)} (${gone.message}). Its files come from ${where}, by their digests`,
      hint: "Keep this copy, or lock a newer version.",
      topic: `${repoId} ${commit} ${where}`,
    });

  const findOther = async (
    blob: BlobRequest,
    gone: ModelDownloadError,
  ): Promise<OtherPlace | undefined> => {
    const wanted = formatDigest(blob.digest);
    current ??= readCurrent(request, known);
    const now = await current;
    const same = now?.files.find(
      ({ digest, size }) => size === blob.size && formatDigest(digest) === wanted,
    );
    if (now !== undefined && same !== undefined) {
      warn(revision, gone);
      onElsewhere();
      return { path: same.path, source: now.source };
    }
    const copies = await findLocalCopies(layout, [{ ...blob, blobId: "" }], { leastBytes: 0 });
    const copy = copies.get(wanted);
    if (copy === undefined) return undefined;
    warn("this disk", gone);
    onElsewhere();
    const source = createSourceSet([createFileSource(copy)], emit);
    return { path: blob.path, source };
  };
  return orSameBytes(createHubSources(request, known, { listedBy: undefined, peers }), findOther);
}

/** The files of the revision now. Undefined when no Hub tells. */
async function readCurrent(
  request: DownloadRequest,
  { repoId, repoType, revision = "main" }: KnownSnapshot,
): Promise<CurrentSnapshot | undefined> {
  const { hubs, signal } = request;
  try {
    const { value, client } = await hubs.ask(async (hub) => {
      const { commit } = await resolveCommit(hub, { repoId, repoType, revision }, { signal });
      return { commit, ...(await listTree(hub, { repoId, repoType, commit }, { signal })) };
    });
    const { commit, files } = value;
    return {
      files,
      source: createHubSources(request, { repoId, repoType, commit }, { listedBy: client }),
    };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ModelDownloadError) return undefined;
    throw error;
  }
}
