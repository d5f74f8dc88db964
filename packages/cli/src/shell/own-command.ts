import { resolve } from "node:path";

/** The words that start this program again from anywhere: Node and its script, or the single executable alone. */
export function ownCommand(): readonly [string, ...string[]] {
  // Not every runtime knows executables.
  const sea = process.getBuiltinModule("node:sea") as typeof import("node:sea") | undefined;
  return sea?.isSea()
    ? [process.execPath]
    : [process.execPath, resolve(process.argv[1] ?? "mlx-download")];
}
