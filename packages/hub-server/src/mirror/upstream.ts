import type { RepoType, SnapshotFile } from "@mlx-download/cache";

/** A repo by name and kind. */
export interface RepoName {
  readonly repoId: string;
  readonly repoType: RepoType;
}

/** For whom a Hub is asked, and how long. */
export interface UpstreamAsk {
  /** The token to ask with. Undefined asks as anonymous. */
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}

/** A Hub's answer to who asks for a repo's files. `gated`: its owner grants access by account. `none`: any other refusal. */
export type UpstreamAccess = "open" | "gated" | "none";

/** One commit as a Hub lists it. */
export interface UpstreamSnapshot {
  readonly commit: string;
  readonly files: readonly SnapshotFile[];
}

/** Bytes of a file that lie on this disk before the file is verified. */
export interface ArrivedBytes {
  /** The file that has them, at their place. */
  readonly dataPath: string;
  /** Inclusive, in bytes. */
  readonly start: number;
  /** Exclusive, in bytes. */
  readonly end: number;
}

/** The file of a repo that is brought into the cache. */
export interface UpstreamFetch extends UpstreamAsk {
  readonly commit: string;
  readonly path: string;
  /** Called as bytes arrive. A small file may arrive unannounced. */
  readonly onArrived: (bytes: ArrivedBytes) => void;
  /** Called when bytes that were announced proved wrong and are fetched again. */
  readonly onReplaced: () => void;
  /** Called with body bytes received. */
  readonly onWire: (bytes: number) => void;
}

/**
 * The Hub behind a mirror. Every function rejects with an error whose `code` tells a repo that is not there or not for
 * this token (`hub/repo-not-found`, `hub/gated` …) from a Hub that is away (any other).
 */
export interface MirrorUpstream {
  /** Where it is, for messages. */
  readonly url: string;
  /** Whether the Hub gives the repo's files to this token. Rejects when the Hub is away. */
  access(repo: RepoName, ask: UpstreamAsk): Promise<UpstreamAccess>;
  /** The commit that a revision means now, and its whole listing. */
  snapshot(
    repo: RepoName,
    ask: UpstreamAsk & { readonly revision: string },
  ): Promise<UpstreamSnapshot>;
  /** Brings one file into the cache. Resolves when it is verified and published there. */
  fetch(repo: RepoName, ask: UpstreamFetch): Promise<void>;
}

// The codes of core by which a Hub says no. After any other the Hub counts as away.
const REFUSED: ReadonlySet<string> = new Set([
  "hub/repo-not-found",
  "hub/revision-not-found",
  "hub/entry-not-found",
  "hub/gated",
  "hub/unauthorized",
  "hub/forbidden",
  "hub/disabled",
]);

/** The code of a Hub's refusal. Undefined for an error that only says that there was no answer. */
export function refusalCode(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === "string" && REFUSED.has(code) ? code : undefined;
}
