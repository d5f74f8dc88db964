import { type Flags, flagSpecs } from "./flags.ts";
import { usage } from "./usage.ts";

/** Options of which a command line may hold one. */
const exclusive: readonly (readonly (keyof Flags)[])[] = [
  ["json", "events"],
  ["token", "tokenStdin"],
  ["all", "author"],
  ["dryRun", "events"],
  ["best", "revision"],
  ["best", "offline"],
  ["list", "clear", "clearModel"],
];

function isGiven(value: Flags[keyof Flags]): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
}

/** Throws `cli/usage` for two options that exclude each other. */
export function refuseExclusive(flags: Flags): void {
  for (const keys of exclusive) {
    const [one, other] = keys.filter((key) => isGiven(flags[key]));
    if (one !== undefined && other !== undefined)
      throw usage(
        `--${flagSpecs[one].name} and --${flagSpecs[other].name} exclude each other`,
        "Leave one of them out.",
      );
  }
}
