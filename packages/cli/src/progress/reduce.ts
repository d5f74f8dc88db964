import type {
  DownloadEvent,
  DownloadResult,
  DownloadReview,
  LeftOut,
  PlanBytes,
  ProgressState,
} from "@mlx-download/core";

/** Where a download is. */
export type Phase = "resolving" | "planning" | "fetching" | "publishing" | "done" | "stopped";

/** A reason why a file (or, without a path, a metadata request) makes no progress. */
export interface Notice {
  readonly kind: "stalled" | "retry" | "switched" | "waiting";
  readonly path: string | undefined;
  readonly message: string;
  /** When it was said, Unix ms. */
  readonly at: number;
  /** Stalled: how long before `at` the last byte came. */
  readonly idleMs: number;
  /** When it ends by itself, Unix ms. */
  readonly until: number | undefined;
  /** The file's bytes at the time of the notice. The notice is dropped when the file has more. */
  readonly received: number;
}

/** The state of the progress view, from the events so far. */
export interface ViewState {
  readonly repoId: string;
  readonly phase: Phase;
  /** When the first event came, Unix ms. */
  readonly startedAt: number | undefined;
  readonly revision: string | undefined;
  readonly commit: string | undefined;
  readonly from: "hub" | "cache" | undefined;
  readonly plan:
    | {
        readonly files: number;
        readonly bytes: PlanBytes;
        readonly leftOut?: LeftOut | undefined;
      }
    | undefined;
  readonly review: DownloadReview | undefined;
  readonly progress: ProgressState | undefined;
  /** The time of the last byte, according to progress events. Unix ms. */
  readonly movedAt: number | undefined;
  /** Files being hashed after their last byte came. */
  readonly verifying: ReadonlyMap<string, number>;
  readonly notices: readonly Notice[];
  readonly warnings: readonly { readonly message: string; readonly hint: string | undefined }[];
  readonly result: DownloadResult | undefined;
  /** The code of the error that ended the download. Undefined when the user stopped it. */
  readonly failedBy: string | undefined;
}

/** The state before anything was said about `repoId`. */
export function initialState(repoId: string): ViewState {
  return {
    repoId,
    phase: "resolving",
    startedAt: undefined,
    revision: undefined,
    commit: undefined,
    from: undefined,
    plan: undefined,
    review: undefined,
    progress: undefined,
    movedAt: undefined,
    verifying: new Map(),
    notices: [],
    warnings: [],
    result: undefined,
    failedBy: undefined,
  };
}

function receivedOf(state: ViewState, path: string | undefined): number {
  if (path === undefined) return state.progress?.bytes.fetched ?? 0;
  return state.progress?.active.find((file) => file.path === path)?.received ?? 0;
}

/** The newest notice of each file, at most eight, since a person reads them. */
function withNotice(
  state: ViewState,
  event: { readonly at: number; readonly path?: string | undefined },
  notice: Pick<Notice, "kind" | "message"> & Partial<Notice>,
): ViewState {
  const { at, path } = event;
  const others = state.notices.filter((other) => other.path !== path);
  const received = receivedOf(state, path);
  const added = { idleMs: 0, until: undefined, ...notice, path, at, received };
  return { ...state, notices: [...others, added].slice(-8) };
}

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

/** A notice stays until its file has new bytes, is done, or its wait is over. */
function standing(
  notices: readonly Notice[],
  progress: ProgressState,
  at: number,
): readonly Notice[] {
  return notices.filter((notice) => {
    if (notice.path === undefined) return at < (notice.until ?? notice.at + 1000);
    const file = progress.active.find(({ path }) => path === notice.path);
    if (file) return file.received <= notice.received;
    return notice.kind === "waiting" || at < (notice.until ?? 0);
  });
}

function apply(state: ViewState, event: DownloadEvent): ViewState {
  switch (event.type) {
    case "resolving":
      return { ...state, phase: "resolving", revision: event.revision };
    case "resolved":
      return {
        ...state,
        phase: "planning",
        revision: event.revision,
        commit: event.commit,
        from: event.from,
        notices: [],
      };
    case "planned":
      return {
        ...state,
        phase: "fetching",
        commit: event.commit,
        plan: { files: event.files, bytes: event.bytes, leftOut: event.leftOut },
        // The reads for the plan are done.
        verifying: new Map(),
        notices: [],
      };
    case "reviewed":
      return { ...state, review: event };
    case "progress":
      return {
        ...state,
        progress: event,
        movedAt:
          event.bytes.wire === state.progress?.bytes.wire ? (state.movedAt ?? event.at) : event.at,
        notices: standing(state.notices, event, event.at),
      };
    case "file-started":
    case "neighbour-found":
      return state;
    case "verifying":
      return { ...state, verifying: new Map(state.verifying).set(event.path, event.size) };
    case "file-done":
      return {
        ...state,
        verifying: without(state.verifying, event.path),
        notices: state.notices.filter(({ path }) => path !== event.path),
      };
    case "stalled":
      return withNotice(state, event, { kind: "stalled", message: "", idleMs: event.idleMs });
    case "retry": {
      const until = event.at + event.delayMs;
      return withNotice(state, event, { kind: "retry", message: event.message, until });
    }
    case "source-switched":
      return withNotice(state, event, {
        kind: "switched",
        message: event.message,
        until: event.at,
      });
    case "waiting": {
      const until = event.delayMs === null ? undefined : event.at + event.delayMs;
      return withNotice(state, event, { kind: "waiting", message: event.message, until });
    }
    case "publishing":
      return { ...state, phase: "publishing", notices: [] };
    case "warning":
      return state.warnings.some(({ message }) => message === event.message)
        ? state
        : {
            ...state,
            warnings: [...state.warnings, { message: event.message, hint: event.hint }],
          };
    case "result":
      return { ...state, phase: "done", result: event.result, notices: [] };
    case "error":
      return {
        ...state,
        phase: "stopped",
        notices: [],
        failedBy: event.error.code === "aborted" ? undefined : event.error.code,
      };
  }
}

/** The state after one more event. */
export function reduce(state: ViewState, event: DownloadEvent): ViewState {
  const next = { ...apply(state, event), repoId: event.repoId };
  return next.startedAt === undefined ? { ...next, startedAt: event.at } : next;
}

/**
 * Missing bytes at the start, and how many of them are present now. Resumed and copied bytes count
 * as present.
 */
export function fetchShare(state: ViewState): { readonly have: number; readonly need: number } {
  const { plan, progress } = state;
  const total = plan?.bytes.total ?? progress?.bytes.total ?? 0;
  const cached = plan?.bytes.cached ?? progress?.bytes.cached ?? 0;
  const need = Math.max(0, total - cached);
  const bytes = progress?.bytes;
  const have = bytes ? bytes.resumed + bytes.copied + bytes.fetched : (plan?.bytes.resumable ?? 0);
  return { have: Math.min(have, need), need };
}

/** A pause of this length is worth mentioning. The connections wait longer. */
const silenceMs = 4000;

/**
 * The time since the last byte while some are missing, in ms. Undefined while bytes arrive or the
 * pause is short.
 */
export function silence(state: ViewState, now: number): number | undefined {
  const { have, need } = fetchShare(state);
  if (state.phase !== "fetching" || have >= need || state.movedAt === undefined) return undefined;
  const quiet = now - state.movedAt;
  return quiet >= silenceMs ? quiet : undefined;
}

/** True when all bytes are present and some are not verified yet. */
export function isVerifying(state: ViewState): boolean {
  const { have, need } = fetchShare(state);
  const bytes = state.progress?.bytes;
  return state.phase === "fetching" && bytes !== undefined && need > 0 && have >= need;
}
