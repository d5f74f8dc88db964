import { resolve } from "node:path";
import type { RepoType } from "@mlx-download/cache";
import type { DownloadBackend } from "../contract/backend.ts";
import type {
  DownloadOptions,
  FitWish,
  SelectionOptions,
  TrustPolicy,
} from "../contract/options.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import { eventMessage } from "../contract/event-message.ts";
import type { DownloadEventBody } from "../contract/events.ts";
import { isNews } from "../contract/tell-once.ts";
import { createHubClient, type PatientHubClient } from "../hub/client.ts";
import { type LocatedRequest, locateRequest } from "../settings/locate-request.ts";
import type { RepoRef } from "../settings/ref.ts";
import { checkRate, type RateLimit } from "../transfer/connections/rate-limit.ts";

/** A checked request: what is asked for, where it goes, and the ways out (Hub, events, abort). */
export interface DownloadRequest extends LocatedRequest {
  readonly localDir: string | undefined;
  readonly connections: number;
  readonly limitRate: number | RateLimit;
  readonly force: boolean;
  readonly selection: SelectionOptions;
  /** What is to be looked at before the first byte. */
  readonly wishes: {
    readonly review: boolean | "large";
    readonly requireFit: boolean;
    readonly fit: FitWish;
    readonly trust: TrustPolicy;
  };
  /** Speaks to the Hub in our stead. */
  readonly backend: DownloadBackend | undefined;
  /** The caller wants no token to be sent. */
  readonly anonymous: boolean;
  readonly signal: AbortSignal;
  /** The Hub at the first endpoint; nothing is loaded or opened before its first request. */
  readonly client: PatientHubClient;
  /** The Hubs at all endpoints, `client` first. */
  readonly clients: readonly [PatientHubClient, ...PatientHubClient[]];
  readonly emit: (event: DownloadEventBody) => void;
}

const DEFAULT_CONNECTIONS = 8;
const MAX_CONNECTIONS = 64;

/** Checks ref and options and reads the environment; no request. Throws `ref/*`, `settings/*` and `cache/invalid-*`. */
export async function readRequest(
  ref: string | RepoRef,
  options: DownloadOptions,
): Promise<DownloadRequest> {
  const located = await locateRequest(ref, options);
  const { repoId, settings } = located;
  const { connections = DEFAULT_CONNECTIONS, env = process.env, fetch } = options;
  if (!Number.isInteger(connections) || connections < 1 || connections > MAX_CONNECTIONS) {
    throw new ModelDownloadError(
      `connections must be a whole number from 1 to ${MAX_CONNECTIONS}, not ${connections}`,
      "settings/invalid",
      { hint: `Leave it out for the default of ${DEFAULT_CONNECTIONS}.`, repoId },
    );
  }
  const { backend } = options;
  if (backend) refuseWhatIsOurs(backend, { ...options, repoType: located.repoType }, repoId);
  const limitRate = options.limitRate ?? settings.limitRate;
  if (typeof limitRate === "number") checkRate(limitRate);
  const signal = options.signal ?? new AbortController().signal;
  const listener = options.onEvent ?? options.onProgress;
  const emit = (body: DownloadEventBody): void => {
    if (listener === undefined || !isNews(listener, body, Date.now())) return;
    const event = { ...body, at: Date.now(), repoId };
    try {
      options.onEvent?.(event);
      const message = options.onProgress && eventMessage(event);
      if (message !== undefined) options.onProgress?.(message);
    } catch {
      // A listener's fault is not the download's.
    }
  };
  const clientAt = (endpoint: string): PatientHubClient =>
    createHubClient({ ...settings, endpoint }, { env, fetch, signal, connections, onEvent: emit });
  const client = clientAt(settings.endpoint);
  return {
    ...located,
    localDir: options.localDir === undefined ? undefined : resolve(options.localDir),
    connections,
    limitRate,
    force: options.force ?? options.forceDownload ?? false,
    selection: {
      include: options.include ?? options.allowPatterns,
      exclude: options.exclude ?? options.ignorePatterns,
      preset: options.preset,
    },
    wishes: {
      review: options.review ?? false,
      requireFit: options.requireFit ?? false,
      fit: options.fit ?? {},
      trust: checkTrust(options.trust ?? "any"),
    },
    backend,
    anonymous: options.token === false,
    signal,
    client,
    clients: [client, ...settings.mirrors.map(clientAt)],
    emit,
  };
}

/** A backend is chosen so that nothing else speaks to the Hub: what needs our own requests cannot go with it. */
function refuseWhatIsOurs(
  backend: DownloadBackend,
  { fetch, limitRate, requireFit, trust, repoType }: DownloadOptions & { repoType: RepoType },
  repoId: string,
): void {
  const type = repoType === "model" ? undefined : repoType;
  const given = {
    fetch,
    limitRate,
    requireFit: requireFit || undefined,
    trust,
    [`a ${repoType}`]: type,
  };
  const [name] =
    Object.entries(given).find(([, value]) => value !== undefined && value !== "any") ?? [];
  if (name === undefined) return;
  throw new ModelDownloadError(
    `${name} does not go with the ${backend.name} backend: it needs requests of the native engine`,
    "settings/invalid",
    { hint: `Leave out ${name}, or the backend.`, repoId },
  );
}

/** Cuts every connection of a request. */
export async function closeClients({ clients }: DownloadRequest): Promise<void> {
  await Promise.all(clients.map((client) => client.close()));
}

function checkTrust(trust: string): TrustPolicy {
  if (trust === "any" || trust === "scanned" || trust === "data") return trust;
  // Someone who mistypes a guard must not go without it.
  throw new ModelDownloadError(`there is no trust policy ${trust}`, "settings/invalid", {
    hint: "Choose any, scanned or data.",
    data: { source: "trust" },
  });
}
