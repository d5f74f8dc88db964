import { codedError } from "../contract/coded-error.ts";
import type { HubOptions } from "../contract/options.ts";
import type { Snapshot } from "../contract/snapshot.ts";
import { readRepoRequest } from "../request/repo-request.ts";
import { resolveSnapshot } from "../request/resolve-snapshot.ts";
import type { RepoRef } from "../settings/ref.ts";

/** A snapshot, and whether the Hub or the cache told it. */
export interface ReadSnapshot extends Snapshot {
  /** It is the cache also where the Hub is away. */
  readonly from: "hub" | "cache";
}

/**
 * The commit that a ref means and the whole listing of it, with digests. A commit whose listing is in the cache needs no
 * request. Writes nothing. Rejects as `planModel` does.
 */
export async function readSnapshot(
  ref: string | RepoRef,
  options: HubOptions = {},
): Promise<ReadSnapshot> {
  const request = await readRepoRequest(ref, options);
  try {
    const { snapshot, from } = await resolveSnapshot(request);
    return { ...snapshot, from };
  } catch (error) {
    throw codedError(error, request.repoId);
  } finally {
    await request.hubs.close();
  }
}
