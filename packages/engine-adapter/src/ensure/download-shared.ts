import { isCommit } from "@mlx-download/cache";
import {
  type CachedSnapshot,
  download,
  type DownloadEvent,
  findCached,
  type KnownSnapshot,
  type RepoRef,
  readSettings,
} from "@mlx-download/core";
import type { EnsuredModel } from "../contract/engine.ts";
import type { EnsureOptions } from "../contract/options.ts";
import { createFlights, type FlightContext } from "./shared-flight.ts";

const REFRESH_TIMEOUT_MS = 5000;

const flights = createFlights<EnsuredModel, DownloadEvent>(["resolved", "planned"]);
const identities = new WeakMap<object, number>();
let identityCount = 0;

/** Brings a model here, together with all who ask for the same at the same time in this process. */
export async function downloadShared(
  ref: RepoRef & { readonly revision: string },
  options: EnsureOptions,
): Promise<EnsuredModel> {
  const { signal, onEvent } = options;
  const key = await flightKey(ref, options);
  return flights.join(key, (context) => bring(ref, options, context), { signal, onEvent });
}

/** {@link downloadShared} for a model of a lock. */
export async function downloadLocked(
  snapshot: KnownSnapshot,
  options: EnsureOptions,
): Promise<EnsuredModel> {
  const { signal, onEvent } = options;
  const { repoId, commit, files } = snapshot;
  const paths = files.map(({ path, sha256 }) => [path, sha256]);
  const key = `${await flightKey({ repoId, revision: commit }, options)} ${JSON.stringify(paths)}`;
  const start = async (context: FlightContext<DownloadEvent>): Promise<EnsuredModel> => {
    const { trustedModelDirectories: _, onEvent: __, ...rest } = options;
    const { path, fromCache } = await download(snapshot, {
      ...rest,
      signal: context.signal,
      onEvent: context.emit,
    });
    return { repoId, revision: commit, commit, path, fromCache };
  };
  return flights.join(key, start, { signal, onEvent });
}

/** Callers share a download when nothing that decides its outcome differs. */
async function flightKey(
  { repoId, revision }: RepoRef & { readonly revision: string },
  options: EnsureOptions,
): Promise<string> {
  const { cacheDir, endpoint, mirrors, token, offline } = await readSettings(options);
  const { include, exclude, preset, refresh, force, trust, requireFit, fit } = options;
  const { fetch, env, backend, limitRate } = options;
  return JSON.stringify([
    [cacheDir, repoId, revision, endpoint, mirrors, token, offline],
    [include, exclude, preset, refresh, force, trust, requireFit, fit],
    [identityOf(fetch), identityOf(env), identityOf(backend)],
    typeof limitRate === "object" ? [identityOf(limitRate)] : limitRate,
  ]);
}

/** A number for an object, the same as long as it lives. 0 for none. */
function identityOf(value: object | undefined): number {
  if (value === undefined) return 0;
  const known = identities.get(value);
  if (known !== undefined) return known;
  identityCount += 1;
  identities.set(value, identityCount);
  return identityCount;
}

async function bring(
  { repoId, revision }: RepoRef & { readonly revision: string },
  options: EnsureOptions,
  { signal, emit }: FlightContext<DownloadEvent>,
): Promise<EnsuredModel> {
  const { refreshTimeoutMs = REFRESH_TIMEOUT_MS, ...wishes } = options;
  const { refresh = "always", trustedModelDirectories: _, onEvent: __, ...rest } = wishes;
  const shared = { ...rest, revision, signal };
  const cached = options.force ? undefined : await findCached({ repoId, revision }, shared);
  const fromCache = ({ commit, path, warning }: CachedSnapshot): EnsuredModel => {
    if (warning !== undefined) {
      const code = "offline/not-cached";
      emit({ type: "warning", code, message: warning, at: Date.now(), repoId });
    }
    emit({ type: "resolved", revision, commit, from: "cache", at: Date.now(), repoId });
    return { repoId, revision, commit, path, fromCache: true };
  };
  const settled = isCommit(revision) || refresh === "if-missing" || options.offline === true;
  if (cached && settled && !isReviewed(options)) return fromCache(cached);

  // A branch with a local copy waits for the Hub only this long. Without a copy it must wait.
  const late = new AbortController();
  const timer = cached && setTimeout(() => late.abort(), refreshTimeoutMs);
  try {
    const {
      commit,
      path,
      fromCache: hit,
    } = await download(
      { repoId, revision },
      {
        ...shared,
        signal: AbortSignal.any([signal, late.signal]),
        onEvent(event) {
          if (event.type === "resolved") clearTimeout(timer);
          if (!(event.type === "error" && late.signal.aborted)) emit(event);
        },
      },
    );
    return { repoId, revision, commit, path, fromCache: hit };
  } catch (error) {
    if (cached === undefined || !late.signal.aborted || signal.aborted) throw error;
    emit({
      type: "warning",
      code: "hub/unreachable",
      message: `the Hub did not say within ${refreshTimeoutMs} ms where ${revision} of ${repoId} points. Using it as the cache knows it (${cached.commit.slice(0, 7)})`,
      at: Date.now(),
      repoId,
    });
    return fromCache(cached);
  } finally {
    clearTimeout(timer);
  }
}

/** Is a model to be looked at, whether its files are here or not? */
export function isReviewed({ trust = "any", requireFit = false }: EnsureOptions): boolean {
  return trust !== "any" || requireFit;
}
