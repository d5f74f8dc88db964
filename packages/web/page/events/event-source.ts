import { readEvents } from "./read-events.ts";

/** How the line to the server stands. */
export type Line = "connecting" | "live" | "lost" | "no-token";

/** A message to a tab. */
export type Heard =
  | { readonly type: "line"; readonly line: Line }
  | { readonly type: "token"; readonly token: string }
  | {
      readonly type: "values";
      readonly values: Readonly<Record<string, unknown>>;
      readonly whole: boolean;
    };

/** One stream of events that never gives up, for one or many tabs. */
export interface EventHub {
  /** The latest of everything. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly line: Line;
  readonly token: string | undefined;
  /** Goes on with this token. */
  use(token: string): void;
  /** Tries again at once. */
  wake(): void;
  stop(): void;
}

const LONGEST_WAIT_MS = 2000;
const FIRST_WAIT_MS = 300;

/** Makes a hub that tells everything to `tell`. */
export function createEventHub(tell: (heard: Heard) => void): EventHub {
  let values: Record<string, unknown> = {};
  let line: Line = "connecting";
  let token: string | undefined;
  let last: string | undefined;
  let abort = new AbortController();
  let wake = (): void => {};

  const setLine = (next: Line): void => {
    if (line === next) return;
    line = next;
    tell({ type: "line", line });
  };
  const run = async (mine: AbortController, withToken: string): Promise<void> => {
    let wait = FIRST_WAIT_MS;
    while (!mine.signal.aborted) {
      try {
        const status = await readEvents(
          { token: withToken, after: last, signal: mine.signal },
          ({ id, kind, values: came }) => {
            wait = FIRST_WAIT_MS;
            last = id;
            const whole = kind === "snapshot";
            values = whole ? { ...came } : merge(values, came);
            setLine("live");
            tell({ type: "values", values: came, whole });
          },
        );
        if (status === 401) {
          token = undefined;
          return setLine("no-token");
        }
      } catch {
        // Nobody answers: the server ends, starts again, or the machine slept.
      }
      if (mine.signal.aborted) return;
      setLine("lost");
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, wait);
      });
      wait = Math.min(LONGEST_WAIT_MS, wait * 2);
    }
  };
  return {
    get values() {
      return values;
    },
    get line() {
      return line;
    },
    get token() {
      return token;
    },
    use(next) {
      if (next === token) return;
      token = next;
      abort.abort();
      abort = new AbortController();
      setLine("connecting");
      void run(abort, next);
    },
    wake: () => wake(),
    stop: () => abort.abort(),
  };
}

/** The values after the changes of an event. Null removes one. */
export function merge(
  values: Readonly<Record<string, unknown>>,
  came: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const next = { ...values, ...came };
  for (const [key, value] of Object.entries(came)) if (value === null) delete next[key];
  return next;
}
