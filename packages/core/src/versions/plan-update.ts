import { isCommit, readRef, readTurnedAway, type RepoType } from "@mlx-download/cache";
import { isUnread } from "@mlx-download/cache/writing";
import { codedError } from "../contract/coded-error.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { DownloadOptions, HubOptions, SelectionOptions } from "../contract/options.ts";
import { planModel } from "../download/plan-model.ts";
import { lookAt, lookAtSnapshot, type SnapshotLook } from "../find/look-at-snapshot.ts";
import { type RepoRequest, readRepoRequest } from "../request/repo-request.ts";
import { resolveSnapshot } from "../request/resolve-snapshot.ts";
import type { RepoRef } from "../settings/ref.ts";
import type { DownloadPlan } from "../transfer/plan.ts";
import { selectionLike } from "./selection-like.ts";

/** How a branch in the cache gets to the Hub's commit. A value: making it changes nothing. */
export interface UpdatePlan {
  readonly repoId: string;
  readonly repoType: RepoType;
  /** The branch or tag that moves. */
  readonly revision: string;
  /** The commit in the cache. */
  readonly from: string;
  /** The commit on the Hub. */
  readonly to: string;
  /**
   * The listings of both, with the texts of `config.json` and `tokenizer_config.json`. `before`: undefined when it is no
   * longer known.
   */
  readonly before: SnapshotLook | undefined;
  readonly after: SnapshotLook;
  /** Takes the files that the present version has here. */
  readonly selection: SelectionOptions;
  readonly plan: DownloadPlan;
  /** Nothing that a loader reads differs: the card, pictures, the licence, git's own files. */
  readonly cardOnly: boolean;
  /** The user rolled back from `to`. */
  readonly turnedAway: boolean;
}

const texts = ["config.json", "tokenizer_config.json"];

/**
 * Compares a branch in the cache with the Hub's and plans the update. Undefined when both are at the same commit. Reads
 * listings and two small files. An unchanged branch costs one request. Rejects with `cache/not-found` when the branch
 * is not in the cache, `ref/invalid` for a commit, which never changes, `hub/unreachable` when only the cache could
 * answer, and as `planModel` does.
 */
export async function planUpdate(
  ref: string | RepoRef,
  options: HubOptions = {},
): Promise<UpdatePlan | undefined> {
  const request = await readRepoRequest(ref, options);
  const { repoId, repoType, revision, layout, hubs } = request;
  try {
    const from = await commitHere(request);
    const resolved = await resolveSnapshot(request);
    const { commit: to, files } = resolved.snapshot;
    if (resolved.from === "cache") throw hubIsAway(repoId);
    if (to === from) return undefined;
    const at = (commit: string): RepoRef => ({ repoId, repoType, revision: commit });
    const asked: DownloadOptions = { ...options, revision: undefined };
    const selection = await selectionLike(layout, from, files);
    const [after, before, plan] = await Promise.all([
      lookAt(request, resolved, texts),
      lookBack(at(from), asked),
      planModel(at(to), { ...asked, ...selection }),
    ]);
    return {
      repoId,
      repoType,
      revision,
      from,
      to,
      before,
      after,
      selection,
      plan,
      cardOnly: before !== undefined && isCardOnly(before, after),
      turnedAway: (await readTurnedAway(layout, revision)) === to,
    };
  } catch (error) {
    throw codedError(error, repoId);
  } finally {
    await hubs.close();
  }
}

/** The commit of the branch in the cache. */
async function commitHere({ repoId, revision, layout }: RepoRequest): Promise<string> {
  if (isCommit(revision)) {
    throw new ModelDownloadError(
      `${revision.slice(0, 7)} is a commit of ${repoId}, and a commit never changes`,
      "ref/invalid",
      { hint: `Name a branch: ${repoId}, or ${repoId}@BRANCH.`, repoId },
    );
  }
  const commit = await readRef(layout, revision);
  if (commit !== undefined) return commit;
  throw new ModelDownloadError(`${repoId}@${revision} is not in the cache`, "cache/not-found", {
    hint: `Download it: mlx-download get ${repoId}${revision === "main" ? "" : `@${revision}`}`,
    repoId,
    data: { repoId, revision },
  });
}

/** The version that is here: listed by the cache, or by the Hub while it still has the commit. */
async function lookBack(ref: RepoRef, options: HubOptions): Promise<SnapshotLook | undefined> {
  const quiet = { ...options, texts, onEvent: undefined };
  try {
    return await lookAtSnapshot(ref, { ...quiet, offline: true });
  } catch {
    options.signal?.throwIfAborted();
  }
  try {
    return await lookAtSnapshot(ref, quiet);
  } catch {
    options.signal?.throwIfAborted();
    return undefined;
  }
}

function isCardOnly(before: SnapshotLook, after: SnapshotLook): boolean {
  const was = new Map(before.files.map(({ path, digest }) => [path, digest]));
  const is = new Map(after.files.map(({ path, digest }) => [path, digest]));
  const paths = new Set([...was.keys(), ...is.keys()]);
  return [...paths].every((path) => was.get(path) === is.get(path) || isUnread(path, "model"));
}

function hubIsAway(repoId: string): ModelDownloadError {
  return new ModelDownloadError(
    `The Hub cannot be reached, so its version of ${repoId} is not known`,
    "hub/unreachable",
    { hint: "Check the network, then run the same command again.", repoId },
  );
}
