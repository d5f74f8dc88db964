import { existsSync } from "node:fs";
import {
  CacheError,
  findCommit,
  isCommit,
  listCommits,
  listRepos,
  notInCache,
  type RepoLayout,
  repoLayout,
  type RepoType,
  type SnapshotFile,
  verifyCache,
  type VerifyEvent,
  verifyLocalDir,
  type VerifyReport,
  type VerifyTarget,
} from "@mlx-download/cache";
import { ModelDownloadError } from "../contract/errors.ts";
import { codedError } from "../contract/coded-error.ts";
import type { HubOptions } from "../contract/options.ts";
import { readRequest } from "../request/download-request.ts";
import { resolveCommit } from "../hub/resolve-commit.ts";
import { listTree } from "../hub/list-tree.ts";
import { parseRepoRef, type RepoRef } from "../settings/ref.ts";
import { readSettings } from "../settings/settings.ts";

/** Options of `verifyModels`. */
export interface VerifyModelsOptions extends Omit<HubOptions, "onEvent"> {
  /** The files of this folder, filled by `--local-dir`, instead of the cache. */
  readonly localDir?: string | undefined;
  /** What kind of repo the refs name; default `model`. */
  readonly repoType?: RepoType | undefined;
  /** Ask the Hub what the files should be, instead of what was recorded; needs commits that the Hub still has. */
  readonly hub?: boolean | undefined;
  /** Sizes and safetensors headers only; no weights are read. */
  readonly quick?: boolean | undefined;
  /** Read also what an interrupted run proved less than a day ago. */
  readonly force?: boolean | undefined;
  /** Threads that read and hash; default: one a core. */
  readonly threads?: number | undefined;
  readonly onEvent?: ((event: VerifyEvent) => void) | undefined;
}

/**
 * Proves what is on this disk of the named models, or of every repo in the cache when none is named. A ref without a
 * revision means every commit that is here. Needs no network unless `hub` is set. Rejects with a `ModelDownloadError`,
 * `cache/not-found` for what is not here, or with the signal's reason when aborted.
 */
export async function verifyModels(
  refs: readonly (string | RepoRef)[],
  options: VerifyModelsOptions = {},
): Promise<VerifyReport> {
  const parsed = refs.map((ref) => (typeof ref === "string" ? parseRepoRef(ref, options) : ref));
  try {
    if (options.localDir !== undefined) {
      const [ref] = parsed;
      const listing = options.hub === true ? await askListing(ref, options) : undefined;
      return await verifyLocalDir(options.localDir, { ...options, repoId: ref?.repoId, listing });
    }
    return await verifyCache(await findTargets(parsed, options), options);
  } catch (error) {
    throw codedError(error, parsed.length === 1 ? parsed[0]?.repoId : undefined);
  }
}

async function findTargets(
  refs: readonly RepoRef[],
  options: VerifyModelsOptions,
): Promise<readonly VerifyTarget[]> {
  const { cacheDir } = await readSettings(options);
  const targets: VerifyTarget[] = [];
  for (const ref of refs) {
    const layout = repoLayout(cacheDir, ref.repoId, options.repoType);
    const revision = options.revision ?? ref.revision;
    const commit = revision === undefined ? undefined : await findCommit(layout, revision);
    if (!existsSync(layout.repoDir) || (revision !== undefined && commit === undefined)) {
      throw notInCache(layout, revision);
    }
    // A folder of locks, or of plain files that some other program put there.
    if (commit === undefined && listCommits(layout).length === 0) throw noSnapshot(layout);
    targets.push({ layout, commit });
  }
  const wanted =
    refs.length > 0 ? targets : (await listRepos(cacheDir)).map((layout) => ({ layout }));
  return options.hub === true ? await withListings(wanted, options) : wanted;
}

/** What the Hub says that a local folder should hold: the named revision, else `main`. */
async function askListing(
  ref: RepoRef | undefined,
  options: VerifyModelsOptions,
): Promise<{ readonly commit: string; readonly files: readonly SnapshotFile[] }> {
  if (ref === undefined) {
    throw new ModelDownloadError("A folder does not say which repo it holds", "settings/invalid", {
      hint: "Name the repo: mlx-download verify org/name --local-dir FOLDER --hub.",
    });
  }
  const { repoType = "model" } = options;
  const request = await readRequest({ ...ref, repoType }, { ...options, onEvent: undefined });
  const { client, signal, repoId, revision } = request;
  try {
    const commit = isCommit(revision)
      ? revision
      : (await resolveCommit(client, { repoId, repoType, revision }, { signal })).commit;
    return { commit, files: await listTree(client, { repoId, repoType, commit }, { signal }) };
  } finally {
    await client.close();
  }
}

function noSnapshot({ repoId, repoType, repoDir }: RepoLayout): CacheError {
  return new CacheError(`${repoId} has no snapshot in the cache`, "cache/not-found", {
    hint: `Download it: nothing in ${repoDir} can be verified or loaded by its name.`,
    data: { repoId, repoType, path: repoDir },
  });
}

/** Adds what the Hub says each commit holds. */
async function withListings(
  targets: readonly VerifyTarget[],
  options: VerifyModelsOptions,
): Promise<readonly VerifyTarget[]> {
  const listed: VerifyTarget[] = [];
  for (const { layout, commit } of targets) {
    const { repoId, repoType } = layout;
    const commits = commit === undefined ? listCommits(layout) : [commit];
    const { client, signal } = await readRequest(
      { repoId, repoType },
      { ...options, revision: undefined, onEvent: undefined },
    );
    try {
      for (const one of commits) {
        const listing = await listTree(client, { repoId, repoType, commit: one }, { signal });
        listed.push({ layout, commit: one, listing });
      }
    } finally {
      await client.close();
    }
  }
  return listed;
}
