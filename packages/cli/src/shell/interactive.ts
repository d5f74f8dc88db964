import type { Shell } from "./shell.ts";

/** Whether a person can be asked: a terminal on both sides, and nobody said that an agent is there. */
export function isInteractive({
  stdin,
  stderr,
  agent,
}: Pick<Shell, "stdin" | "stderr" | "agent">): boolean {
  return stdin.isTTY && stderr.isTTY && !agent;
}
