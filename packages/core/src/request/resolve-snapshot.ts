import { isCommit, findCommit, readTreeRecord, type SnapshotFile } from "@mlx-download/cache";
import { repoBeside } from "@mlx-download/cache/writing";
import { HUB_IS_AWAY } from "./hubs.ts";
import { askCommit, askTree } from "./ask-backend.ts";
import { unmaskTree } from "./unmask-tree.ts";
import type { RepoRequest } from "./repo-request.ts";
import type { DownloadBackend } from "../contract/backend.ts";
import type { SelectionOptions } from "../contract/options.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { HubClient } from "../hub/hub-client.ts";
import { listTree } from "../hub/list-tree.ts";
import { resolveCommit } from "../hub/resolve-commit.ts";
import type { Snapshot } from "../contract/snapshot.ts";
import { findStored } from "./stored-snapshot.ts";
import { knownFiles } from "./known-files.ts";
import type { KnownSnapshot } from "../settings/known-snapshot.ts";

/** A snapshot, and whether the Hub or the cache supplied it. */
export interface ResolvedSnapshot {
  readonly snapshot: Snapshot;
  readonly from: "hub" | "cache";
  /** The Hub that decides about this repo: its list of files and their digests. */
  readonly client: HubClient;
}

/** The ref to resolve, and the backend that asks the Hub for us. */
interface ResolvableRequest extends RepoRequest {
  readonly backend?: DownloadBackend | undefined;
  readonly anonymous?: boolean | undefined;
  /** The wanted part, where the cache must answer. Default: everything. */
  readonly selection?: SelectionOptions | undefined;
  /** The caller knows commit and files: no Hub is asked for them. */
  readonly known?: KnownSnapshot | undefined;
}

type Answer = Omit<ResolvedSnapshot, "client">;

/**
 * Finds commit and files of the request: a commit whose listing is in the cache needs no request, a branch one, a new
 * commit two (its listing one for each thousand files). Of several endpoints the first that answers both decides.
 * Offline, or when all are away, the cache answers for the branch.
 */
export async function resolveSnapshot(request: ResolvableRequest): Promise<ResolvedSnapshot> {
  const { repoId, repoType, revision, layout, settings, signal, emit, hubs } = request;
  emit({ type: "resolving", revision });
  if (request.known) return fromCaller(request, request.known);
  const known = isCommit(revision) ? revision : undefined;
  if (settings.offline) return fromCache(request);

  const { backend, anonymous = false } = request;
  // A damaged cache is reported when it is written to.
  const before = known ?? (await findCommit(layout, revision).catch(() => undefined));
  const listed = before === undefined ? undefined : await readTreeRecord(layout, before);
  const ask = async (hub: HubClient): Promise<Answer> => {
    const atHub = { ...request, anonymous, client: hub };
    const commit =
      known ??
      (backend
        ? await askCommit(backend, atHub)
        : (await resolveCommit(hub, { repoId, repoType, revision }, { signal })).commit);
    const recorded = commit === before ? listed : await readTreeRecord(layout, commit);
    // By the commit and not by the branch, which may move between two questions.
    const tree =
      recorded !== undefined
        ? { files: recorded }
        : backend
          ? await askTree(backend, atHub, commit)
          : await listTree(hub, { repoId, repoType, commit }, { signal });
    const whole = "withheld" in tree ? await unmaskTree(tree, { layout, commit }, listed) : tree;
    const from = known !== undefined && recorded !== undefined ? "cache" : "hub";
    return { snapshot: { repoId, repoType, revision, commit, ...whole }, from };
  };
  try {
    const { value, client } = await hubs.ask(ask, {
      isOptional: listed !== undefined,
      // A mirror that asks without our token may be shown less than we are.
      isWhole: ({ snapshot }) => !isWithheld(snapshot),
    });
    emit({ type: "resolved", revision, commit: value.snapshot.commit, from: value.from });
    return { ...value, client };
  } catch (error) {
    const away = error instanceof ModelDownloadError && isNoWordOnRepo(error);
    const cached = away ? await cachedListing(request).catch(() => undefined) : undefined;
    if (!away || cached === undefined) throw error;
    emit({
      type: "warning",
      code: error.code,
      message: `${error.message}. Using ${revision} as the cache knows it (${cached.commit.slice(0, 7)})`,
      hint: error.hint,
    });
    emit({ type: "resolved", revision, commit: cached.commit, from: "cache" });
    return {
      snapshot: { repoId, repoType, revision, ...cached },
      from: "cache",
      client: hubs.all[0],
    };
  }
}

/**
 * Errors after which a copy in the cache is the best available answer: the Hub is away, another server answers in its
 * place, or it refuses our token, which says nothing about the repo.
 */
function isNoWordOnRepo({ code }: ModelDownloadError): boolean {
  return HUB_IS_AWAY.has(code) || NO_WORD.has(code);
}

const NO_WORD: ReadonlySet<string> = new Set([
  "hub/bad-response",
  "hub/redirect-loop",
  "hub/unauthorized",
  "transfer/interrupted",
  "transfer/stalled",
]);

/** The cache's snapshot of the revision without the Hub. Undefined when it has none of it. */
async function cachedListing(
  request: ResolvableRequest,
): Promise<{ commit: string; files: readonly SnapshotFile[] } | undefined> {
  const { emit } = request;
  const stored = await findStored({ ...request, selection: request.selection ?? {} });
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

async function fromCache(request: ResolvableRequest): Promise<ResolvedSnapshot> {
  const { repoId, repoType, revision, hubs, emit } = request;
  const cached = await cachedListing(request);
  if (cached === undefined) throw notCached(request, []);
  emit({ type: "resolved", revision, commit: cached.commit, from: "cache" });
  return {
    snapshot: { repoId, repoType, revision, ...cached },
    from: "cache",
    client: hubs.all[0],
  };
}

/** The snapshot that the caller brought along. Its ref is written only where the cache has none yet. */
function fromCaller(request: ResolvableRequest, known: KnownSnapshot): ResolvedSnapshot {
  const { repoId, repoType, revision, hubs, emit } = request;
  const { commit } = known;
  emit({ type: "resolved", revision, commit, from: "cache" });
  const files = knownFiles(known);
  return {
    snapshot: { repoId, repoType, revision, commit, files, isVouched: false },
    from: "cache",
    client: hubs.all[0],
  };
}

/** Whether the Hub kept digests from us, for want of access to a gated repo. */
const isWithheld = ({ withheld = [] }: Snapshot): boolean => withheld.length > 0;

/** Offline and not (wholly) in the cache. `missing` names files when some are there. */
export function notCached(
  request: RepoRequest,
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
        ? "Run again without the option `offline` and without HF_HUB_OFFLINE, or name the cache that has it with the option `cacheDir`."
        : `It is in ${beside}: add \`cacheDir: ${JSON.stringify(beside)}\`.`,
    repoId,
    data: { revision, cacheDir: settings.cacheDir, missing: missing.slice(0, 20) },
  });
}
