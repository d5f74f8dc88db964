import { lstat } from "node:fs/promises";
import {
  findCommit,
  isCommit,
  listCommits,
  moveRef,
  noteTurnedAway,
  readRef,
  readTreeRecord,
  type RepoLayout,
  snapshotDir,
} from "@mlx-download/cache";
import { codedError } from "../contract/coded-error.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { HubOptions } from "../contract/options.ts";
import { findStored } from "../request/stored-snapshot.ts";
import { type LocatedRequest, locateRequest } from "../settings/locate-request.ts";
import type { RepoRef } from "../settings/ref.ts";
import { pathsHere } from "./selection-like.ts";

/** A branch that went back to a version that was here all the time. */
export interface Rollback {
  readonly repoId: string;
  readonly revision: string;
  /** Commits. */
  readonly from: string;
  readonly to: string;
  /** Absolute path of the snapshot folder. */
  readonly path: string;
}

/** Options of {@link rollbackModel}. */
export interface RollbackOptions extends Pick<HubOptions, "revision" | "cacheDir" | "env"> {
  /** A commit, perhaps shortened, a tag or a branch. Default: of the complete versions that came before the present one the last. */
  readonly to?: string | undefined;
  /** Says where it would go, and changes nothing. */
  readonly dryRun?: boolean | undefined;
}

/**
 * Points a branch of the cache at a version from before. No request, no byte: the snapshot has to be here. Updates pass
 * over the commit that it came from until the Hub has a newer one. Rejects with `cache/not-found` when there is no such
 * version here, `offline/not-cached` when it is here in part, `ref/*`, `cache/locked` and `cache/not-writable`.
 */
export async function rollbackModel(
  ref: string | RepoRef,
  options: RollbackOptions = {},
): Promise<Rollback> {
  const located = await locateRequest(ref, options);
  const { repoId, revision, layout } = located;
  try {
    const from = isCommit(revision) ? undefined : await readRef(layout, revision);
    if (from === undefined) throw noBranch(located);
    const to = await findTarget(located, from, options.to);
    if (to !== from && options.dryRun !== true) {
      // First: a crash in between leaves a note about the present version, which means nothing.
      await noteTurnedAway(layout, revision, from);
      await moveRef(layout, { revision, commit: to });
    }
    return { repoId, revision, from, to, path: snapshotDir(layout, to) };
  } catch (error) {
    throw codedError(error, repoId);
  }
}

async function findTarget(
  located: LocatedRequest,
  from: string,
  wanted: string | undefined,
): Promise<string> {
  const { repoId, layout } = located;
  if (wanted === undefined) {
    const previous = await lastBefore(layout, from);
    if (previous !== undefined) return previous;
    throw notHere(located, "no complete version from before", { repoId, from });
  }
  const to = await findCommit(layout, wanted);
  if (to === undefined || !listCommits(layout).includes(to)) {
    throw notHere(located, wanted, { repoId, revision: wanted });
  }
  const missing = await missingOf(layout, from, to);
  if (missing.length === 0) return to;
  throw new ModelDownloadError(
    `${repoId}@${to.slice(0, 7)} is here in part: ${missing.length} files are missing, ${missing[0]} among them`,
    "offline/not-cached",
    {
      hint: `Complete it first: mlx-download get ${repoId}@${to}`,
      repoId,
      data: { revision: to, cacheDir: layout.cacheDir, missing: missing.slice(0, 20) },
    },
  );
}

/** Of the complete versions that came before the present one the last. */
async function lastBefore(layout: RepoLayout, from: string): Promise<string | undefined> {
  const cameAt = async (commit: string): Promise<number> =>
    (await lstat(snapshotDir(layout, commit)).catch(() => undefined))?.mtimeMs ?? 0;
  const end = await cameAt(from);
  let last: { readonly commit: string; readonly at: number } | undefined;
  for (const commit of listCommits(layout)) {
    const at = await cameAt(commit);
    if (commit === from || at > end || (last !== undefined && at <= last.at)) continue;
    if ((await missingOf(layout, from, commit)).length === 0) last = { commit, at };
  }
  return last?.commit;
}

/**
 * The paths that keep `to` from standing in for `from`: those that a plain download lacks, or, where `from` itself is
 * here in part, those of its files that `to` lists and has not.
 */
async function missingOf(layout: RepoLayout, from: string, to: string): Promise<readonly string[]> {
  const stored = await findStored({ layout, revision: to, selection: {} });
  if (stored.state === "here") return [];
  const present = await findStored({ layout, revision: from, selection: {} });
  const missing = stored.state === "incomplete" ? stored.missing : [];
  const all = missing.length > 0 ? missing : ["its weights"];
  if (present.state === "here") return all;
  const [wanted, here, listing] = await Promise.all([
    pathsHere(layout, from),
    pathsHere(layout, to),
    readTreeRecord(layout, to),
  ]);
  const listed = listing?.map(({ path }) => path) ?? all;
  return here.size === 0 ? all : listed.filter((path) => wanted.has(path) && !here.has(path));
}

function noBranch({ repoId, revision, layout }: LocatedRequest): ModelDownloadError {
  return isCommit(revision)
    ? new ModelDownloadError(`${revision.slice(0, 7)} is a commit, and no branch`, "ref/invalid", {
        hint: `Name the branch, and the commit to go to with \`to: "${revision}"\`.`,
        repoId,
      })
    : new ModelDownloadError(
        `${repoId}@${revision} is not in the cache ${layout.cacheDir}`,
        "cache/not-found",
        {
          hint: `mlx-download history ${repoId} lists its versions, and which are here.`,
          repoId,
          data: { repoId, revision },
        },
      );
}

function notHere(
  { repoId, revision, layout }: LocatedRequest,
  what: string,
  data: Readonly<Record<string, unknown>>,
): ModelDownloadError {
  return new ModelDownloadError(
    `${repoId} has ${what.includes(" ") ? what : `no version ${what}`} in the cache ${layout.cacheDir}`,
    "cache/not-found",
    {
      hint: `mlx-download history ${repoId}${revision === "main" ? "" : `@${revision}`} lists the versions. Fetch one with mlx-download get ${repoId}@COMMIT.`,
      repoId,
      data,
    },
  );
}
