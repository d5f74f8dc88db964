import { resolve } from "node:path";
import { expandHome, type RepoType } from "@mlx-download/cache";
import type { DownloadBackend } from "../contract/backend.ts";
import type {
  DownloadOptions,
  FitWish,
  SelectionOptions,
  TrustPolicy,
} from "../contract/options.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { RepoRef } from "../settings/ref.ts";
import type { Settings } from "../settings/settings.ts";
import { checkXetMode } from "../settings/xet-mode.ts";
import type { XetMode } from "../contract/xet-mode.ts";
import { checkRate } from "../settings/parse-rate.ts";
import type { RateLimit } from "../contract/rate-limit.ts";
import { isKnownSnapshot, type KnownSnapshot } from "../settings/known-snapshot.ts";
import { readRepoRequest, type RepoRequest } from "./repo-request.ts";

/** A checked request for a download: the wanted part of the repo, its destination, and the reviews before it. */
export interface DownloadRequest extends RepoRequest {
  readonly localDir: string | undefined;
  readonly connections: number;
  readonly limitRate: number | RateLimit;
  readonly xet: XetMode;
  readonly force: boolean;
  readonly selection: SelectionOptions;
  /** The reviews before the first byte. */
  readonly wishes: {
    readonly review: boolean | "large";
    readonly requireFit: boolean;
    readonly fit: FitWish;
    readonly trust: TrustPolicy;
  };
  readonly onArrived: DownloadOptions["onArrived"];
  readonly env: NodeJS.ProcessEnv;
  /** Speaks to the Hub in our stead. */
  readonly backend: DownloadBackend | undefined;
  /** The caller wants no token to be sent. */
  readonly anonymous: boolean;
  /** The files, where the caller knows them. */
  readonly known: KnownSnapshot | undefined;
}

const DEFAULT_CONNECTIONS = 8;
const MAX_CONNECTIONS = 64;

/**
 * Checks ref and options and reads the environment, unless the settings are known. Makes no request. Throws `ref/*`,
 * `settings/*` and `cache/invalid-*`.
 */
export async function readRequest(
  ref: string | RepoRef,
  options: DownloadOptions,
  known?: Settings,
): Promise<DownloadRequest> {
  const { connections = DEFAULT_CONNECTIONS } = options;
  if (!Number.isInteger(connections) || connections < 1 || connections > MAX_CONNECTIONS) {
    throw new ModelDownloadError(
      `connections must be a whole number from 1 to ${MAX_CONNECTIONS}, not ${connections}`,
      "settings/invalid",
      { hint: `Leave it out for the default of ${DEFAULT_CONNECTIONS}.` },
    );
  }
  const snapshot = isKnownSnapshot(ref) ? ref : undefined;
  const revision = snapshot ? (snapshot.revision ?? snapshot.commit) : options.revision;
  const asked = await readRepoRequest(ref, { ...options, revision, connections }, known);
  const { repoId, settings } = asked;
  const { backend } = options;
  if (backend) refuseWhatIsOurs(backend, { ...options, repoType: asked.repoType }, repoId);
  const limitRate = options.limitRate ?? settings.limitRate;
  if (typeof limitRate === "number") checkRate(limitRate);
  return {
    ...asked,
    localDir:
      options.localDir === undefined
        ? undefined
        : resolve(expandHome(options.localDir, options.env)),
    connections,
    limitRate,
    xet: checkXetMode(options.xet ?? settings.xet, "The xet option"),
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
    onArrived: options.onArrived,
    env: options.env ?? process.env,
    backend,
    anonymous: options.token === false,
    known: snapshot,
  };
}

/**
 * A backend is chosen so that no other client asks the Hub. Options that need our own requests cannot be combined with
 * it.
 */
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

function checkTrust(trust: string): TrustPolicy {
  if (trust === "any" || trust === "scanned" || trust === "data") return trust;
  // Someone who mistypes a guard must not go without it.
  throw new ModelDownloadError(`there is no trust policy ${trust}`, "settings/invalid", {
    hint: "Choose any, scanned or data.",
    data: { source: "trust" },
  });
}
