import type { Writable } from "node:stream";
import { CliError } from "../failure/cli-error.ts";
import { commandHint } from "../failure/command-hint.ts";

/** Standard output as the commands use it. */
export interface Output {
  /**
   * Resolves when the text has left this process, or when the reader is gone. Rejects once with
   * `cli/output-failed` when it cannot be written (a full disk). Later output is dropped.
   */
  write(text: string | Uint8Array): Promise<void>;
  /** True once the reader has gone (`| head`). */
  readonly closed: boolean;
}

// The error codes of a closed reader, on pipes and sockets.
const GONE = new Set(["EPIPE", "ECONNRESET", "ERR_STREAM_DESTROYED", "ERR_STREAM_WRITE_AFTER_END"]);

/**
 * Writes to `stream` and never fails because the reader is gone. `onClosed` is called once when
 * that happens.
 */
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
      hint: "Send the output elsewhere and run the same command again. Downloaded files stay.",
    },
  );
}

/**
 * One JSON value on lines of its own, indented for people where a terminal shows it. Hints of the
 * libraries name options of the command line in it.
 */
export function jsonText(value: unknown, indented: boolean): string {
  const inFlags = (key: string, part: unknown): unknown =>
    key === "hint" && typeof part === "string" ? commandHint(part) : part;
  return `${JSON.stringify(value, inFlags, indented ? 2 : undefined)}\n`;
}

/**
 * Writes one event as a line of `--events`. A write error ends the command by itself, because it
 * closes the stream.
 */
export function writeEvent(event: object, stdout: Output): void {
  stdout.write(jsonText({ schema: 1, ...event }, false)).catch(() => undefined);
}
