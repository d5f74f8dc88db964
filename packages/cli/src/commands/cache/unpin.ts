import type { Invocation } from "../../command-line/command-spec.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";
import { printable } from "../../text/printable.ts";
import { hubCacheOf, readTarget } from "./target.ts";

/** `mlx-download cache unpin`. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const { repoLayout, unpinModel } = await import("@mlx-download/cache");
  const cacheDir = await hubCacheOf(flags, shell);
  const targets = await Promise.all(operands.map((word) => readTarget(word, flags, shell)));
  const unpinned: { repoId: string; revision: string; wasPinned: boolean }[] = [];
  for (const { repoId, repoType, revision = "main" } of targets) {
    const wasPinned = await unpinModel(repoLayout(cacheDir, repoId, repoType), revision);
    unpinned.push({ repoId, revision, wasPinned });
    const what = `${printable(repoId)} at ${printable(revision)}`;
    if (!flags.quiet)
      shell.stderr.write(wasPinned ? `Unpinned ${what}\n` : `${what} was not pinned\n`);
  }
  await writeResult({ cacheDir, unpinned }, "", { flags, shell });
  return 0;
}
