import type { DownloadEvent } from "@mlx-download/core";
import type { Flags } from "../../command-line/flags.ts";
import { sameCommand } from "../../command-line/quote.ts";
import { CliError } from "../../failure/cli-error.ts";
import { createDownloadDisplay } from "../../progress/download-display.ts";
import { writeEvent } from "../../shell/output.ts";
import type { Shell } from "../../shell/shell.ts";
import { stayAwake } from "../../shell/stay-awake.ts";
import { formatBytes } from "../../text/format.ts";

/** How long a stop may take before it is mentioned. */
const patienceMs = 400;

/**
 * The bytes that a later run resumes from, as reported by the events. The Python backend keeps only
 * complete files.
 */
function createKeptCounter(wholeFiles: boolean): {
  onEvent(event: DownloadEvent): void;
  readonly bytes: number;
} {
  const kept = new Map<string, number>();
  return {
    onEvent(event) {
      if (event.type === "planned") kept.set(event.repoId, event.bytes.resumable);
      if (event.type !== "progress") return;
      const { resumed, copied, fetched } = event.bytes;
      const unfinished = event.active.reduce((sum, file) => sum + file.received, 0);
      kept.set(event.repoId, resumed + copied + fetched - (wholeFiles ? unfinished : 0));
    },
    get bytes() {
      return [...kept.values()].reduce((sum, bytes) => sum + bytes, 0);
    },
  };
}

/**
 * The state of this download after the signal: how much is kept, and the command that resumes it.
 */
function stoppedError(
  reason: unknown,
  { received, force }: { received: number; force: boolean },
  shell: Shell,
): unknown {
  if (!(reason instanceof CliError)) return reason;
  const keptBytes = force ? 0 : received;
  const kept = keptBytes > 0 ? ` Kept ${formatBytes(keptBytes)}.` : "";
  return new CliError(`${reason.message}${kept}`, reason.code, {
    hint: `${force ? "Start over" : "Resume"} with: ${sameCommand(shell.argv)}`,
    data: { keptBytes },
  });
}

/**
 * Runs the downloads of `refs` with their display. Ctrl-C stops them and prints the command that
 * resumes them.
 */
export async function watched<T>(
  refs: readonly string[],
  { flags, shell }: { flags: Flags; shell: Shell },
  work: (onEvent: (event: DownloadEvent) => void) => Promise<T>,
): Promise<T> {
  const display = createDownloadDisplay(refs, flags, shell);
  const kept = createKeptCounter(flags.backend === "python");
  const { signal } = shell.interrupt;
  let letSleep: (() => void) | undefined;
  let patience: NodeJS.Timeout | undefined;
  shell.interrupt.onStop = () => {
    patience = setTimeout(
      () => display.note("Stopping … (Ctrl-C again to quit at once)"),
      patienceMs,
    );
  };
  try {
    return await work((event) => {
      kept.onEvent(event);
      if (event.type === "planned" && event.bytes.toFetch > 0)
        letSleep ??= stayAwake({ env: shell.env });
      display.onEvent(event);
      shell.record.onEvent(event, { localDir: flags.localDir !== undefined });
      // The command itself ends the stream, with the one result or error of the whole invocation.
      if (flags.events && event.type !== "result" && event.type !== "error")
        writeEvent(event, shell.stdout);
    });
  } catch (error) {
    throw signal.aborted
      ? stoppedError(signal.reason, { received: kept.bytes, force: flags.force }, shell)
      : error;
  } finally {
    letSleep?.();
    display.finish();
    clearTimeout(patience);
    shell.interrupt.onStop = undefined;
  }
}
