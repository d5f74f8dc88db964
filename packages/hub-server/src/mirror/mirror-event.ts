/** What a mirror says while it works. `at` is ms since 1970. Repo names are in it, tokens and queries are not. */
export type MirrorEvent = { readonly at: number } & MirrorEventBody;

/** {@link MirrorEvent} without its time. */
export type MirrorEventBody =
  | {
      readonly type: "request";
      /** The address that the request came from. */
      readonly client: string;
      readonly method: string;
      /** Without its query. */
      readonly path: string;
      readonly status: number;
      /** Body bytes that the client took. */
      readonly bytes: number;
      readonly durationMs: number;
    }
  | {
      readonly type: "fill-started" | "fill-done";
      readonly repoId: string;
      readonly path: string;
      readonly size: number;
    }
  | {
      readonly type: "fill-failed";
      readonly repoId: string;
      readonly path: string;
      /** The error code, or `unexpected`. */
      readonly code: string;
      readonly message: string;
    }
  | {
      /** The Hub is away: a branch is served as it was last known. */
      readonly type: "stale";
      readonly repoId: string;
      readonly revision: string;
      readonly commit: string;
      /** Since it was last known, in ms. */
      readonly ageMs: number;
      readonly message: string;
    }
  | {
      readonly type: "evicted";
      /** Bytes that were freed. */
      readonly bytes: number;
      readonly repos: readonly string[];
    }
  | { readonly type: "warning"; readonly code: string; readonly message: string };

/** Takes the events of a mirror. Its errors are ignored. */
export type OnMirrorEvent = (event: MirrorEvent) => void;
