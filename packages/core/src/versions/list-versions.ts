import { stat } from "node:fs/promises";
import {
  listCommits,
  listRefs,
  notInCache,
  type RepoLayout,
  snapshotDir,
  snapshotStatus,
} from "@mlx-download/cache";
import { codedError } from "../contract/coded-error.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { HubOptions } from "../contract/options.ts";
import { locateRequest } from "../settings/locate-request.ts";
import type { RepoRef } from "../settings/ref.ts";
import { listHistory, type RepoHistory } from "./list-history.ts";

/** A version of a repo: a commit of the Hub, or one that only the cache still knows. */
export interface RepoVersion {
  /** 40 lower-case hex digits. */
  readonly commit: string;
  /** ISO 8601. Null where the Hub does not say. */
  readonly date: string | null;
  /** Its author's text, unchecked. */
  readonly title: string | null;
  /** Whether it is in the cache, as far as a listing tells. Null: it is not. */
  readonly here: "complete" | "incomplete" | null;
  /** The Hub's names for it. */
  readonly refs: readonly string[];
  /** The names in the cache that point at it, sorted. */
  readonly refsHere: readonly string[];
  /** Unix time in ms when it came to this machine. Null where `here` is null. */
  readonly arrivedAt: number | null;
}

/** The versions of a repo. */
export interface RepoVersions {
  readonly repoId: string;
  readonly revision: string;
  /** Those of the Hub newest first, then those that the cache alone knows, the one that came last first. */
  readonly versions: readonly RepoVersion[];
  /** The Hub has older ones beyond the limit. */
  readonly more: boolean;
  /** Why the Hub's are not among them. Undefined: they are. */
  readonly withoutHub: ModelDownloadError | undefined;
}

/** Codes of a Hub that is away or not to be asked: the cache answers alone. */
const AWAY = new Set([
  "hub/unreachable",
  "hub/unavailable",
  "hub/rate-limited",
  "offline/not-cached",
]);

/**
 * The versions of a repo on the Hub and in the cache. Offline, and while the Hub is away, those in the cache alone.
 * `limit` (default 100) bounds the Hub's. Rejects with `cache/not-found` when there is none, and otherwise as
 * {@link listHistory} does.
 */
export async function listVersions(
  ref: string | RepoRef,
  options: HubOptions & { readonly limit?: number | undefined } = {},
): Promise<RepoVersions> {
  const { repoId, revision, layout } = await locateRequest(ref, options);
  try {
    const here = await versionsHere(layout);
    const history = await listHistory(ref, options).catch((error: unknown) => {
      if (error instanceof ModelDownloadError && AWAY.has(error.code)) return error;
      throw error;
    });
    const away = history instanceof ModelDownloadError;
    if (away && here.size === 0) throw options.offline ? notInCache(layout) : history;
    const listed = away ? [] : history.commits;
    const known = new Set(listed.map(({ commit }) => commit));
    const left = [...here.keys()].filter((commit) => !known.has(commit));
    const refs = away ? {} : history.refs;
    const versions = [
      ...listed.map((commit) => merge(commit, refs, here)),
      ...left.map((commit) => merge({ commit, date: null, title: null }, refs, here)),
    ];
    if (versions.length === 0) throw notInCache(layout);
    return {
      repoId,
      revision,
      versions,
      more: !away && history.more,
      withoutHub: away ? history : undefined,
    };
  } catch (error) {
    throw codedError(error, repoId);
  }
}

type VersionHere = Pick<RepoVersion, "refsHere" | "arrivedAt" | "here">;

const NOT_HERE: VersionHere = { here: null, refsHere: [], arrivedAt: null };

function merge(
  commit: Pick<RepoVersion, "commit" | "date" | "title">,
  refs: RepoHistory["refs"],
  here: ReadonlyMap<string, VersionHere>,
): RepoVersion {
  const named = Object.keys(refs).filter((name) => refs[name] === commit.commit);
  return { ...commit, refs: named.toSorted(), ...(here.get(commit.commit) ?? NOT_HERE) };
}

/** The versions in the cache by commit, the one that came last first. */
async function versionsHere(layout: RepoLayout): Promise<ReadonlyMap<string, VersionHere>> {
  // Names below `pinned/` only keep a commit.
  const names = Object.entries(listRefs(layout))
    .filter(([name]) => !name.startsWith("pinned/"))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const versions = await Promise.all(
    listCommits(layout).map(async (commit) => {
      const stats = await stat(snapshotDir(layout, commit)).catch(() => undefined);
      const { status } = await snapshotStatus(layout, commit);
      const version = {
        here: status === "incomplete" ? "incomplete" : "complete",
        refsHere: names.flatMap(([name, target]) => (target === commit ? [name] : [])),
        arrivedAt: Math.round(stats?.mtimeMs ?? 0),
      } as const;
      return [commit, version] as const;
    }),
  );
  return new Map(versions.toSorted(([, a], [, b]) => b.arrivedAt - a.arrivedAt));
}
