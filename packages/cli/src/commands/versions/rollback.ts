import type { Invocation } from "../../command-line/command-spec.ts";
import type { Shell } from "../../shell/shell.ts";
import { shortCommit } from "../../text/format.ts";
import { hubCacheOf, readTarget } from "../cache/target.ts";
import { noteTo } from "../catalogue/open.ts";
import { changesHere } from "./changes-here.ts";
import { endOfSeveral, type FailedOne } from "./end-of-several.ts";
import { previousHere } from "./previous-here.ts";
import { movedAt } from "./moved-at.ts";
import { branchName } from "./updates-table.ts";

/**
 * `mlx-download rollback`: points branches at the version they had before. No request, no bytes.
 * Returns the exit code.
 */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [{ rollbackModel }, { refPath, repoLayout }] = await Promise.all([
    import("@mlx-download/core"),
    import("@mlx-download/cache"),
  ]);
  const cacheDir = await hubCacheOf(flags, shell);
  const note = noteTo(flags, shell);
  const results: Record<string, unknown>[] = [];
  const failed: FailedOne[] = [];
  for (const word of operands) {
    const { repoId, revision = "main" } = await readTarget(word, flags, shell);
    const ref = branchName({ repoId, revision });
    try {
      const previous = await previousHere({ repoId, revision }, { cacheDir, flags, shell });
      const since = await movedAt(refPath(repoLayout(cacheDir, repoId, "model"), revision));
      const options = { cacheDir, env: shell.env, to: flags.to ?? previous, dryRun: flags.dryRun };
      const { from, to, path } = await rollbackModel({ repoId, revision }, options);
      if (!flags.dryRun) {
        shell.record.version({ repoId, revision, commit: from, how: "found", since });
        shell.record.version({ repoId, revision, commit: to, how: "rollback" });
      }
      const changes = await changesHere({ repoId, from, to }, { cacheDir, env: shell.env });
      results.push({ repoId, revision, from, to, path, changes, bytes: 0 });
      const would = flags.dryRun ? "would go" : "went";
      note(
        from === to
          ? `${ref} is at ${shortCommit(to)} already.`
          : `${ref} ${would} back from ${shortCommit(from)} to ${shortCommit(to)}; update passes ${shortCommit(from)} over.`,
      );
      if (!flags.json && !flags.events) await shell.stdout.write(`${path}\n`);
    } catch (error) {
      failed.push({ ref, error });
    }
  }
  return await endOfSeveral(
    { results, failed, further: flags.dryRun ? { dryRun: true } : {} },
    { flags, shell },
  );
}
