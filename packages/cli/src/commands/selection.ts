import type { PresetName } from "@mlx-download/core";
import type { Flags } from "../command-line/flags.ts";

/** The options of the libraries that choose revision, files and cache, as the flags say it. */
export interface Selection {
  readonly revision?: string | undefined;
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly preset?: PresetName | undefined;
  readonly cacheDir?: string | undefined;
}

/** Reads {@link Selection} from the flags; lists that are empty are left out. */
export function selectionOf(flags: Flags): Selection {
  return {
    revision: flags.revision,
    include: flags.include.length > 0 ? flags.include : undefined,
    exclude: flags.exclude.length > 0 ? flags.exclude : undefined,
    preset: flags.preset as PresetName | undefined,
    cacheDir: flags.cacheDir,
  };
}
