import { exitCodes } from "./exit-code.ts";

/** The exit code for an error's code. Any unknown code is 1. */
export function exitCodeOf(code: string): number {
  return Object.hasOwn(exitCodes, code) ? exitCodes[code as keyof typeof exitCodes] : 1;
}
