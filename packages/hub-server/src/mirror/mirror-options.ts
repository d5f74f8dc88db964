import type { OnMirrorEvent } from "./mirror-event.ts";
import type { MirrorUpstream } from "./upstream.ts";

/** How a mirror behaves. */
export interface MirrorOptions {
  /** The Hugging Face cache that is served: `…/hub`. */
  readonly cacheDir: string;
  /** The Hub that is asked who may read what, and with `pullThrough` for what is missing. */
  readonly upstream?: MirrorUpstream | undefined;
  /** Fetch what the cache lacks (default false: the cache is only read). */
  readonly pullThrough?: boolean | undefined;
  /**
   * `public` (default): repos that the Hub gives to everyone, and others to a client whose own token the Hub accepts for
   * the repo. `all`: every repo of the cache, to every client that may connect.
   */
  readonly share?: "public" | "all" | undefined;
  /** A token of the mirror itself, for repos that clients may not read. Default: none is used. */
  readonly serverToken?: string | undefined;
  /** Clients must send it (see {@link readClientTokens}). Default: all may connect. */
  readonly accessToken?: string | undefined;
  /** Whether to list the repos that are here, to clients that may connect (default true). */
  readonly listRepos?: boolean | undefined;
  /** Patterns of the repos that are served: default all. */
  readonly allow?: readonly string[] | undefined;
  /** Patterns of repos that are not. */
  readonly deny?: readonly string[] | undefined;
  /** A branch is asked about again after so many ms (default 60,000). */
  readonly refreshMs?: number | undefined;
  /** The cache is kept below so many bytes: what was not used longest goes first. Default: no limit. */
  readonly maxBytes?: number | undefined;
  /** Requests of one address at once (default 64), but for this machine's own: a proxy there speaks for many. */
  readonly requestsPerClient?: number | undefined;
  /** The clock, in ms since 1970. */
  readonly now?: (() => number) | undefined;
  readonly onEvent?: OnMirrorEvent | undefined;
}
