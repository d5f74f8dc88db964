import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Runs a program of the system and returns its output. Undefined when it is not there or fails. */
export type AskSystem = (program: string, args: readonly string[]) => Promise<string | undefined>;

/** A program of the system that does not answer for so long, in ms, has nothing to say. */
const SYSTEM_MS = 5_000;

export const askSystem: AskSystem = (program, args) =>
  promisify(execFile)(program, args, { timeout: SYSTEM_MS }).then(
    ({ stdout }) => stdout,
    () => undefined,
  );
