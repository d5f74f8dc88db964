import { formatDigest } from "@mlx-download/cache";
import { codedError } from "../contract/coded-error.ts";
import type { HubOptions } from "../contract/options.ts";
import { readRepoRequest, type RepoRequest } from "../request/repo-request.ts";
import { type ResolvedSnapshot, resolveSnapshot } from "../request/resolve-snapshot.ts";
import type { RepoRef } from "../settings/ref.ts";
import { createSnapshotBytes } from "./model-bytes.ts";

/** The files of a repo at one commit, and the texts of some of them. */
export interface SnapshotLook {
  readonly repoId: string;
  /** As asked for. */
  readonly revision: string;
  readonly commit: string;
  /** The source of the revision's commit. It is the cache also where the Hub is away. */
  readonly from: "hub" | "cache";
  readonly files: readonly {
    readonly path: string;
    readonly size: number;
    /** `sha256:<hex>` or `git-sha1:<hex>`. */
    readonly digest: string;
  }[];
  /** By path. Absent or too large files are left out. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Larger files are not meant for people to read. */
const MOST_TEXT_BYTES = 4_000_000;

/**
 * Lists a snapshot and reads the small files named in `texts`, each checked against its digest: from the cache where they are,
 * else from the Hub. Writes nothing. Rejects as `planModel` does.
 */
export async function lookAtSnapshot(
  ref: string | RepoRef,
  { texts, ...options }: HubOptions & { readonly texts: readonly string[] },
): Promise<SnapshotLook> {
  const request = await readRepoRequest(ref, options);
  try {
    return await lookAt(request, await resolveSnapshot(request), texts);
  } catch (error) {
    throw codedError(error, request.repoId);
  } finally {
    await request.hubs.close();
  }
}

/** {@link lookAtSnapshot} at a snapshot that is already resolved. */
export async function lookAt(
  request: RepoRequest,
  resolved: ResolvedSnapshot,
  texts: readonly string[],
): Promise<SnapshotLook> {
  const { repoId, revision, commit, files } = resolved.snapshot;
  const bytes = await createSnapshotBytes(request, resolved);
  const wanted = files.filter(({ path, size }) => texts.includes(path) && size <= MOST_TEXT_BYTES);
  const read = await Promise.all(
    wanted.map(async ({ path, size }) => {
      const content = size === 0 ? "" : await bytes.read(path, { start: 0, end: size });
      return [path, Buffer.from(content).toString("utf8")] as const;
    }),
  );
  return {
    repoId,
    revision,
    commit,
    from: resolved.from,
    files: files.map(({ path, size, digest }) => ({ path, size, digest: formatDigest(digest) })),
    texts: new Map(read),
  };
}
