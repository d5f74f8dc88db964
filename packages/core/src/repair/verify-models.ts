import { existsSync } from "node:fs";
import {
  CacheError,
  findCommit,
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
import type { DownloadEventBody } from "../contract/events.ts";
import type { HubOptions } from "../contract/options.ts";
import { resolveCommit } from "../hub/resolve-commit.ts";
import { type Hubs, openHubs } from "../request/hubs.ts";
import { readRepoRequest } from "../request/repo-request.ts";
import { listCommit } from "../request/list-commit.ts";
import { parseRepoRef, type RepoRef } from "../settings/ref.ts";
import { readSettings, type Settings } from "../settings/settings.ts";

/** Options of `verifyModels`. */
export interface VerifyModelsOptions extends Omit<HubOptions, "onEvent"> {
  /** The files of this folder, filled by `localDir` of a download, instead of the cache. */
  readonly localDir?: string | undefined;
  /** The kind of repo that the refs name. Default `model`. */
  readonly repoType?: RepoType | undefined;
  /** Asks the Hub for the files' digests, instead of using the recorded ones. The Hub must still have the commits. */
  readonly hub?: boolean | undefined;
  /** Sizes and safetensors headers only. Weights are not read. */
  readonly quick?: boolean | undefined;
  /** Also reads files that an interrupted run verified less than a day ago. */
  readonly force?: boolean | undefined;
  /** Threads that read and hash. Default: one a core. */
  readonly threads?: number | undefined;
  readonly onEvent?: ((event: VerifyEvent) => void) | undefined;
  /** Told of the waits, retries and warnings of a Hub that is asked. */
  readonly onNotice?: ((event: DownloadEventBody) => void) | undefined;
}

/**
 * Verifies the local files of the named models, or of every repo in the cache when none is named. A ref without a
 * revision means every commit that is here. Needs no network unless `hub` is set. Rejects with a `ModelDownloadError`,
 * `cache/not-found` for a model that is not here, or with the signal's reason when aborted.
 */
export async function verifyModels(
  refs: readonly (string | RepoRef)[],
  options: VerifyModelsOptions = {},
): Promise<VerifyReport> {
  const parsed = parseRefs(refs, options);
  try {
    const asked = { options, settings: await readSettings(options) };
    return options.localDir === undefined
      ? await verifyRefs(parsed, asked)
      : await verifyFolder(parsed, options.localDir, asked);
  } catch (error) {
    throw codedError(error, parsed.length === 1 ? parsed[0]?.repoId : undefined);
  }
}

/** Parsed refs. Throws `ref/*`. */
export const parseRefs = (
  refs: readonly (string | RepoRef)[],
  options: Pick<VerifyModelsOptions, "endpoint" | "env">,
): readonly RepoRef[] =>
  refs.map((ref) => (typeof ref === "string" ? parseRepoRef(ref, options) : ref));

/** The listings that a verification uses. */
export interface Verifying {
  readonly options: VerifyModelsOptions;
  /** Read once for everything that is asked. */
  readonly settings: Settings;
}

/** {@link verifyModels} of a local dir, with settings that are read already. */
export async function verifyFolder(
  [ref]: readonly RepoRef[],
  localDir: string,
  asked: Verifying,
): Promise<VerifyReport> {
  const { options } = asked;
  const listing = options.hub === true ? await askListing(ref, asked) : undefined;
  return verifyLocalDir(localDir, { ...options, repoId: ref?.repoId, listing });
}

/** {@link verifyModels} in the cache, with settings that are read already. */
export async function verifyRefs(
  refs: readonly RepoRef[],
  asked: Verifying,
): Promise<VerifyReport> {
  const { options, settings } = asked;
  const targets = await findTargets(refs, asked);
  if (options.hub !== true) return verifyCache(targets, options);
  const { env = process.env, signal, fetch, onNotice } = options;
  const hubs = openHubs(settings, { env, signal, fetch, onEvent: onNotice });
  try {
    return await verifyCache(await withListings(targets, hubs, signal), options);
  } finally {
    await hubs.close();
  }
}

async function findTargets(
  refs: readonly RepoRef[],
  { options, settings }: Verifying,
): Promise<readonly VerifyTarget[]> {
  const { cacheDir } = settings;
  if (refs.length === 0) return (await listRepos(cacheDir)).map((layout) => ({ layout }));
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
  return targets;
}

/** The Hub's listing for a local folder: the named revision, otherwise `main`. */
async function askListing(
  ref: RepoRef | undefined,
  { options, settings }: Verifying,
): Promise<{ readonly commit: string; readonly files: readonly SnapshotFile[] }> {
  if (ref === undefined) {
    throw new ModelDownloadError("A folder does not say which repo it holds", "settings/invalid", {
      hint: "Name the repo, and keep `localDir` and `hub: true`.",
    });
  }
  const { repoType = "model" } = options;
  const told = { ...options, onEvent: options.onNotice };
  const request = await readRepoRequest({ ...ref, repoType }, told, settings);
  const { hubs, signal, layout, ...named } = request;
  try {
    const { value } = await hubs.ask((client) => resolveCommit(client, named, { signal }));
    const { commit } = value;
    return { commit, files: await listWhole(hubs, { layout, commit }, signal) };
  } finally {
    await hubs.close();
  }
}

function noSnapshot({ repoId, repoType, repoDir }: RepoLayout): CacheError {
  return new CacheError(`${repoId} has no snapshot in the cache`, "cache/not-found", {
    hint: `Download it: nothing in ${repoDir} can be verified or loaded by its name.`,
    data: { repoId, repoType, path: repoDir },
  });
}

/** Adds the Hub's listing of each commit. */
async function withListings(
  targets: readonly VerifyTarget[],
  hubs: Hubs,
  signal: AbortSignal | undefined,
): Promise<readonly VerifyTarget[]> {
  const listed: VerifyTarget[] = [];
  for (const { layout, commit } of targets) {
    const commits = commit === undefined ? listCommits(layout) : [commit];
    for (const one of commits) {
      const listing = await listWhole(hubs, { layout, commit: one }, signal);
      listed.push({ layout, commit: one, listing });
    }
  }
  return listed;
}

async function listWhole(
  hubs: Hubs,
  at: { readonly layout: RepoLayout; readonly commit: string },
  signal: AbortSignal | undefined,
): Promise<readonly SnapshotFile[]> {
  const { tree, refusal } = await listCommit(hubs, at, signal);
  if (refusal !== undefined && tree.withheld.length > 0) throw refusal;
  return tree.files;
}
