import type { Writable } from "node:stream";

/** Standard output as the commands use it. */
export interface Output {
  /** Resolves when the text is out of this process, or when nobody reads any more. */
  write(text: string): Promise<void>;
  /** True once the reader has gone (`| head`). */
  readonly closed: boolean;
}

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
      if (closed || text === "") return Promise.resolve();
      return new Promise((resolve) => {
        stream.write(text, (error) => {
          if (error) close();
          resolve();
        });
      });
    },
  };
}

/** One JSON value on lines of its own, indented for people where a terminal shows it. */
export function jsonText(value: unknown, indented: boolean): string {
  return `${JSON.stringify(value, undefined, indented ? 2 : undefined)}\n`;
}
