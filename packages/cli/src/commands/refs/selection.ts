import type { PresetName } from "@mlx-download/core";
import type { Flags } from "../../command-line/flags.ts";
import type { Shell } from "../../shell/shell.ts";
import { CliError } from "../../failure/cli-error.ts";

/** The library options that choose revision, files and cache, from the flags. */
export interface Selection {
  readonly revision?: string | undefined;
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  readonly preset?: PresetName | undefined;
  readonly cacheDir?: string | undefined;
}

/** Reads {@link Selection} from the flags. Empty lists are left out. */
export function selectionOf(flags: Flags): Selection {
  return {
    revision: flags.revision,
    include: flags.include.length > 0 ? flags.include : undefined,
    exclude: flags.exclude.length > 0 ? flags.exclude : undefined,
    preset: flags.preset,
    cacheDir: flags.cacheDir,
  };
}

/** Throws `cli/usage` when the ref and `--revision` name different revisions. */
export async function refuseTwoRevisions(
  ref: string,
  flags: Flags,
  { env }: Pick<Shell, "env">,
): Promise<void> {
  // A plain name has no revision, and parsing refs means loading core.
  if (flags.revision === undefined || /^[\w.-]+(?:\/[\w.-]+)?$/.test(ref)) return;
  const { parseRepoRef } = await import("@mlx-download/core");
  const { repoId, revision } = parseRepoRef(ref, { env, endpoint: flags.endpoint });
  if (revision === undefined || revision === flags.revision) return;
  throw new CliError(`${ref} asks for ${revision}, --revision for ${flags.revision}`, "cli/usage", {
    hint: `Leave one of them out: ${repoId}@${revision}, or ${repoId} --revision ${flags.revision}.`,
  });
}
