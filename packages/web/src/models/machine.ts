import { readMachine } from "@mlx-download/core";
import { type Machine, simulateMachine } from "@mlx-download/fit";

/** This machine, or the one that a question imagines. Throws `fit/invalid-option`. */
export type FindMachine = (wish: {
  readonly memory?: string | undefined;
  readonly chip?: string | undefined;
}) => Promise<Machine>;

/** The machine is read once a minute at most. */
const FRESH_MS = 60_000;

/** Makes the function that tells which machine a verdict is for. */
export function createFindMachine(): FindMachine {
  let read: Promise<Machine> | undefined;
  let readAt = 0;
  return async (wish) => {
    if (read === undefined || Date.now() - readAt > FRESH_MS) {
      readAt = Date.now();
      read = readMachine();
      read.catch(() => (read = undefined));
    }
    return simulateMachine(await read, wish);
  };
}
