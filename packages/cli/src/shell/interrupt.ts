import { CliError } from "../failure/cli-error.ts";

/** Ctrl-C, SIGTERM and a closed terminal as an abort signal. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** Aborts for another reason than a signal. */
  abort(reason: unknown): void;
  /** Called when the first signal came. */
  onStop: (() => void) | undefined;
}

/**
 * The first SIGINT, SIGTERM or SIGHUP aborts, so that received bytes are kept. The second ends the
 * process at once, with the same exit code (130, 143, 129). A SIGHUP that nohup(1) wants ignored
 * cannot be told apart: Node resets that.
 */
export function watchInterrupts(): Interrupt {
  const controller = new AbortController();
  const interrupt: Interrupt = {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    onStop: undefined,
  };
  const listen = (
    name: "SIGINT" | "SIGTERM" | "SIGHUP",
    error: CliError,
    exitCode: number,
  ): void => {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(exitCode);
      controller.abort(error);
      interrupt.onStop?.();
    });
  };
  const hint = "Run the same command again to go on.";
  listen("SIGINT", new CliError("Stopped by Ctrl-C.", "cli/interrupted", { hint }), 130);
  listen("SIGTERM", new CliError("Stopped by SIGTERM.", "cli/terminated", { hint }), 143);
  listen("SIGHUP", new CliError("Stopped: the terminal was closed.", "cli/hung-up", { hint }), 129);
  return interrupt;
}
