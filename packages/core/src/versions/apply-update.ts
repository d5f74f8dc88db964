import { forgetTurnedAway, readRef, readTreeRecord, repoLayout } from "@mlx-download/cache";
import { publishRef } from "@mlx-download/cache/writing";
import { codedError } from "../contract/coded-error.ts";
import type { DownloadOptions } from "../contract/options.ts";
import type { DownloadResult } from "../contract/result.ts";
import { download } from "../download/download.ts";
import { locateRequest } from "../settings/locate-request.ts";
import type { UpdatePlan } from "./plan-update.ts";

/**
 * Carries out an update: downloads exactly the planned commit, then points the branch at it. Until that last step the
 * branch keeps the version from before, whose snapshot stays in any case. A branch that another program moved
 * meanwhile keeps its place. Rejects as `download` does.
 */
export async function applyUpdate(
  update: UpdatePlan,
  options: Omit<DownloadOptions, "revision" | "include" | "exclude" | "preset" | "localDir"> = {},
): Promise<DownloadResult> {
  const { repoId, revision, from, to, selection } = update;
  const { repoType, settings } = await locateRequest(
    { repoId, repoType: update.repoType },
    options,
  );
  const layout = repoLayout(settings.cacheDir, repoId, repoType);
  const result = await download({ repoId, repoType, revision: to }, { ...options, ...selection });
  try {
    const taken = new Set(result.files.map(({ path }) => path));
    const listing = (await readTreeRecord(layout, to)) ?? [];
    if ((await readRef(layout, revision)) === from) {
      const files = listing.filter(({ path }) => taken.has(path));
      await publishRef(layout, { revision, commit: to, files });
    }
    await forgetTurnedAway(layout, revision);
  } catch (error) {
    throw codedError(error, repoId);
  }
  return { ...result, revision };
}
