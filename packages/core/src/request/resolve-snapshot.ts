import {
  isCommit,
  findCommit,
  readTreeRecord,
  repoBeside,
  type SnapshotFile,
} from "@mlx-download/cache";
import { askCommit, askTree } from "./ask-backend.ts";
import type { DownloadRequest } from "./download-request.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { HubClient } from "../hub/client.ts";
import { listTree } from "../hub/list-tree.ts";
import { resolveCommit } from "../hub/resolve-commit.ts";
import type { Snapshot } from "../contract/snapshot.ts";
import { findStored } from "./stored-snapshot.ts";

/** A snapshot, and whether the Hub or the cache said what it is. */
export interface ResolvedSnapshot {
  readonly snapshot: Snapshot;
  readonly from: "hub" | "cache";
  /** The Hub whose word on this repo counts: which files there are, and with which digests. */
  readonly client: HubClient;
}

type Answer = Omit<ResolvedSnapshot, "client">;

/** Codes after which a copy in the cache is as good an answer as there is. */
const HUB_IS_AWAY: ReadonlySet<string> = new Set([
  "hub/unreachable",
  "hub/unavailable",
  "hub/rate-limited",
]);

/**
 * Finds commit and files of what is asked for: a commit whose listing is in the cache needs no request, a branch one,
 * a new commit two (its listing one for each thousand files). Of several endpoints the first that answers
 * both decides. Offline, or when all are away, the cache answers for the branch.
 */
export async function resolveSnapshot(request: DownloadRequest): Promise<ResolvedSnapshot> {
  const { repoId, repoType, revision, layout, settings, signal, emit } = request;
  emit({ type: "resolving", revision });
  const known = isCommit(revision) ? revision : undefined;
  if (settings.offline) return fromCache(request);

  const { backend } = request;
  // A damaged cache is reported when it is written to.
  const before = known ?? (await findCommit(layout, revision).catch(() => undefined));
  const listed = before === undefined ? undefined : await readTreeRecord(layout, before);
  const ask = async (hub: HubClient): Promise<Answer> => {
    const atHub = { ...request, client: hub };
    const commit =
      known ??
      (backend
        ? await askCommit(backend, atHub)
        : (await resolveCommit(hub, { repoId, repoType, revision }, { signal })).commit);
    const recorded = commit === before ? listed : await readTreeRecord(layout, commit);
    // By the commit and not by the branch, which may move between two questions.
    const files =
      recorded ??
      (backend
        ? await askTree(backend, atHub, commit)
        : await listTree(hub, { repoId, repoType, commit }, { signal }));
    const from = known !== undefined && recorded !== undefined ? "cache" : "hub";
    emit({ type: "resolved", revision, commit, from });
    return { snapshot: { repoId, repoType, revision, commit, files }, from };
  };
  try {
    return await askFirst(request, ask, listed !== undefined);
  } catch (error) {
    const away = error instanceof ModelDownloadError && HUB_IS_AWAY.has(error.code);
    const cached = away ? await cachedListing(request).catch(() => undefined) : undefined;
    if (!away || cached === undefined) throw error;
    emit({
      type: "warning",
      code: error.code,
      message: `${error.message}; using ${revision} as the cache knows it (${cached.commit.slice(0, 7)})`,
      hint: error.hint,
    });
    emit({ type: "resolved", revision, commit: cached.commit, from: "cache" });
    return {
      snapshot: { repoId, repoType, revision, ...cached },
      from: "cache",
      client: request.client,
    };
  }
}

/**
 * The answer of the first Hub that has one, with little patience as long as there is another or the cache; when all are
 * away, of the first one with all patience. Throws what says most: what is no absence, and of these the token's Hub's.
 */
async function askFirst(
  { clients, emit, signal }: DownloadRequest,
  ask: (client: HubClient) => Promise<Answer>,
  isCached: boolean,
): Promise<ResolvedSnapshot> {
  const [client] = clients;
  if (clients.length === 1) return { ...(await ask(isCached ? client.hasty : client)), client };
  const failures: { readonly error: ModelDownloadError; readonly client: HubClient }[] = [];
  for (const [index, one] of clients.entries()) {
    try {
      return { ...(await ask(one.hasty)), client: one };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ModelDownloadError) || !/^(hub|transfer)\//.test(error.code))
        throw error;
      failures.push({ error, client: one });
      const next = clients[index + 1];
      const { code } = error;
      const [from, to] = [hostOf(one), next === undefined ? null : hostOf(next)];
      const message = to === null ? error.message : `${error.message}; asking ${to}`;
      emit({ type: "source-switched", from, to, code, message });
    }
  }
  const telling = failures.filter(({ error }) => !HUB_IS_AWAY.has(error.code));
  if (telling.length === 0 && !isCached) return { ...(await ask(client)), client };
  const best =
    telling.find((one) => one.client.settings.endpoint === one.client.settings.tokenEndpoint) ??
    telling[0] ??
    failures[0];
  throw best?.error;
}

const hostOf = ({ settings }: HubClient): string => new URL(settings.endpoint).host;

/** What the cache can give of the revision without the Hub; undefined when it has nothing of it. */
async function cachedListing(
  request: DownloadRequest,
): Promise<{ commit: string; files: readonly SnapshotFile[] } | undefined> {
  const { emit } = request;
  const stored = await findStored(request);
  if (stored.state === "absent") {
    if (stored.why === undefined) return undefined;
    throw notCached(request, [], stored.why);
  }
  if (stored.state === "incomplete") {
    // Another place than the snapshot may have the rest: a local folder, or a file server that still answers.
    if (stored.listed !== undefined) return stored.listed;
    throw notCached(request, stored.missing, stored.why);
  }
  const { commit, warning } = stored;
  if (warning !== undefined)
    emit({ type: "warning", code: "offline/not-cached", message: warning });
  return { commit, files: await stored.files() };
}

async function fromCache(request: DownloadRequest): Promise<ResolvedSnapshot> {
  const { repoId, repoType, revision, client, emit } = request;
  const cached = await cachedListing(request);
  if (cached === undefined) throw notCached(request, []);
  emit({ type: "resolved", revision, commit: cached.commit, from: "cache" });
  return { snapshot: { repoId, repoType, revision, ...cached }, from: "cache", client };
}

/** Offline and not (wholly) in the cache; `missing` names files when some are there. */
export function notCached(
  request: DownloadRequest,
  missing: readonly string[],
  why?: string,
): ModelDownloadError {
  const { repoId, revision, settings, layout } = request;
  const beside = repoBeside(layout);
  const what =
    why !== undefined
      ? `is not complete in the cache: ${why}`
      : missing.length === 0
        ? `is not in the cache (${settings.cacheDir})`
        : `is not complete in the cache: ${missing.length} files are missing, ${missing[0]} among them`;
  return new ModelDownloadError(`${repoId}@${revision} ${what}`, "offline/not-cached", {
    hint:
      beside === undefined
        ? "Run again without --offline and without HF_HUB_OFFLINE, or name the cache that has it with --cache-dir."
        : `It is in ${beside}: add --cache-dir ${JSON.stringify(beside)}.`,
    repoId,
    data: { revision, cacheDir: settings.cacheDir, missing: missing.slice(0, 20) },
  });
}
