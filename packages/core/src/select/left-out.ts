import type { LeftOut } from "../contract/left-out.ts";
import type { SelectionOptions } from "../contract/options.ts";
import type { SelectableFile } from "./select.ts";

/** The number of files and bytes that a selection leaves out, and the way to get those that the default leaves out. */
export function leftOutOf(
  all: readonly SelectableFile[],
  selected: readonly SelectableFile[],
  { include, preset }: SelectionOptions,
): LeftOut {
  const taken = new Set(selected.map(({ path }) => path));
  const rest = all.filter(({ path }) => !taken.has(path));
  const counts = {
    files: rest.length,
    bytes: rest.reduce((sum, { size }) => sum + size, 0),
  };
  const byDefault = include === undefined && preset === undefined && rest.length > 0;
  return byDefault ? { ...counts, hint: '`preset: "all"` takes every file' } : counts;
}
