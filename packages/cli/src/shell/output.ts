import type { Writable } from "node:stream";
import { CliError } from "../failure/cli-error.ts";

/** Standard output as the commands use it. */
export interface Output {
  /**
   * Resolves when it is out of this process, or when nobody reads any more. Rejects once with
   * `cli/output-failed` when it cannot be written (a full disk); what follows is dropped.
   */
  write(text: string | Uint8Array): Promise<void>;
  /** True once the reader has gone (`| head`). */
  readonly closed: boolean;
}

// How a reader that went away shows itself, on pipes and sockets.
const GONE = new Set(["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED", "ERR_STREAM_WRITE_AFTER_END"]);

/** Writes to `stream` without ever failing for a reader that went away; `onClosed` hears of it once. */
export function createOutput(stream: Writable, onClosed: () => void = () => {}): Output {
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    onClosed();
  };
  stream.on("error", close);
  return {
    get closed() {
      return closed;
    },
    write(text) {
      if (closed || text.length === 0) return Promise.resolve();
      return new Promise((resolve, reject) => {
        stream.write(text, (error?: NodeJS.ErrnoException | null) => {
          if (error) close();
          if (!error || GONE.has(error.code ?? "")) resolve();
          else reject(outputFailed(error));
        });
      });
    },
  };
}

function outputFailed(error: Error): CliError {
  return new CliError(
    `the result cannot be written to standard output: ${error.message}`,
    "cli/output-failed",
    {
      hint: "Send the output elsewhere and run the same command again; what was downloaded stays.",
    },
  );
}

/** One JSON value on lines of its own, indented for people where a terminal shows it. */
export function jsonText(value: unknown, indented: boolean): string {
  return `${JSON.stringify(value, undefined, indented ? 2 : undefined)}\n`;
}

/** Writes one event as a line of `--events`. What cannot be written ends the command by itself: the stream is closed then. */
export function writeEvent(event: object, stdout: Output): void {
  stdout.write(jsonText({ schema: 1, ...event }, false)).catch(() => undefined);
}
