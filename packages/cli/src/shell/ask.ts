import { Writable } from "node:stream";
import type { Shell } from "./shell.ts";

/** Takes everything and shows nothing. */
function nowhere(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done() });
}

/** Asks a person on standard error and resolves with the line that was typed; `hidden` shows nothing of it. */
export async function ask(
  question: string,
  { stdin, stderr, interrupt }: Pick<Shell, "stdin" | "stderr" | "interrupt">,
  { hidden = false }: { readonly hidden?: boolean } = {},
): Promise<string> {
  const { createInterface } = await import("node:readline/promises");
  const output = hidden ? nowhere() : stderr;
  const prompt = createInterface({ input: stdin, output, terminal: true });
  // In raw mode Ctrl-C is a character; the rest of the program waits for the signal.
  prompt.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  if (hidden) stderr.write(question);
  try {
    return await prompt.question(hidden ? "" : question, { signal: interrupt.signal });
  } finally {
    prompt.close();
    if (hidden || interrupt.signal.aborted) stderr.write("\n");
  }
}
