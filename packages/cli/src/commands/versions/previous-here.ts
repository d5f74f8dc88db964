import type { Flags } from "../../command-line/flags.ts";
import type { Shell } from "../../shell/shell.ts";
import { patience, withUserRegistry } from "../catalogue/open.ts";

/**
 * The commit that a branch pointed at before its present one, by the record of this machine, when a
 * whole snapshot of it is still here. Undefined when the record does not know, or cannot be read.
 */
export async function previousHere(
  { repoId, revision }: { readonly repoId: string; readonly revision: string },
  context: { readonly cacheDir: string; readonly flags: Flags; readonly shell: Shell },
): Promise<string | undefined> {
  const { cacheDir, flags, shell } = context;
  const [{ listCommits, readRef, repoLayout, snapshotStatus }, { previousVersion, readRecord }] =
    await Promise.all([import("@mlx-download/cache"), import("@mlx-download/registry")]);
  const layout = repoLayout(cacheDir, repoId, "model");
  const commit = await readRef(layout, revision);
  if (commit === undefined) return undefined;
  try {
    const previous = await withUserRegistry(
      flags,
      shell,
      (registry) => previousVersion(readRecord(registry, repoId), { revision, commit }),
      patience,
    );
    if (previous === undefined || !listCommits(layout).includes(previous)) return undefined;
    const { status } = await snapshotStatus(layout, previous);
    return status === "incomplete" ? undefined : previous;
  } catch {
    return undefined;
  }
}
