import { verifyModels, type VerifyModelsOptions } from "@mlx-download/core";
import type { VerifyTask } from "../contract.ts";
import { failureOf } from "../errors.ts";
import type { Feed } from "../feed/feed.ts";

/** Verifications that the page started. */
export interface Verifications extends AsyncDisposable {
  /** Starts one. While one of the same repo runs, that one counts. */
  start(repoId: string): void;
  stop(repoId: string): void;
  /** Takes what ended off the page. */
  dismiss(repoId: string): void;
}

const TELL_MS = 250;

/** Makes the verifications of one cache, which report to the feed. One runs at a time. */
export function createVerifications(options: VerifyModelsOptions, feed: Feed): Verifications {
  const running = new Map<string, AbortController>();
  let last: Promise<void> = Promise.resolve();
  const run = async (repoId: string, signal: AbortSignal): Promise<void> => {
    let task: VerifyTask = {
      repoId,
      state: "running",
      bytes: 0,
      bytesDone: 0,
      checked: 0,
      bad: [],
      missing: 0,
      error: null,
    };
    let told = 0;
    const tell = (part: Partial<VerifyTask>, now = true): void => {
      task = { ...task, ...part };
      if (!now && performance.now() - told < TELL_MS) return;
      told = performance.now();
      feed.set(`verify/${repoId}`, task);
    };
    try {
      signal.throwIfAborted();
      tell({});
      const report = await verifyModels([repoId], {
        ...options,
        signal,
        onEvent(event) {
          if (event.type === "verify-started") tell({ bytes: event.bytes });
          if (event.type === "verify-progress") {
            tell(
              { bytes: event.bytes, bytesDone: event.bytesDone, checked: event.filesDone },
              false,
            );
          }
        },
      });
      tell({
        state: "done",
        checked: report.checked,
        bytesDone: task.bytes,
        bad: report.bad.slice(0, 100).map(({ path, message }) => ({ path, message })),
        missing: report.missing.filter(({ reason }) => reason === "dangling").length,
      });
    } catch (error) {
      if (signal.aborted) feed.remove(`verify/${repoId}`);
      else tell({ state: "failed", error: failureOf(error) });
    } finally {
      running.delete(repoId);
    }
  };
  return {
    start(repoId) {
      if (running.has(repoId)) return;
      const abort = new AbortController();
      running.set(repoId, abort);
      last = last.then(() => run(repoId, abort.signal));
    },
    stop: (repoId) => running.get(repoId)?.abort(new Error("stopped by the page")),
    dismiss(repoId) {
      if (!running.has(repoId)) feed.remove(`verify/${repoId}`);
    },
    async [Symbol.asyncDispose]() {
      for (const abort of running.values()) abort.abort(new Error("the server ends"));
      await last;
    },
  };
}
