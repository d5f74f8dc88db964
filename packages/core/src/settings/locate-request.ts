import {
  checkRepoId,
  checkRevision,
  type RepoLayout,
  repoLayout,
  type RepoType,
} from "@mlx-download/cache";
import { codedError } from "../contract/coded-error.ts";
import type { HubOptions } from "../contract/options.ts";
import { parseRepoRef, type RepoRef } from "./ref.ts";
import { readSettings, type Settings } from "./settings.ts";

/** The requested ref, and its place in the cache. */
export interface LocatedRequest {
  readonly repoId: string;
  readonly repoType: RepoType;
  readonly revision: string;
  readonly settings: Settings;
  readonly layout: RepoLayout;
}

const isRepoRef = (ref: string | RepoRef): ref is RepoRef =>
  typeof ref === "object" && (ref as RepoRef | null) !== null;

/**
 * Checks the ref and reads the environment, unless its settings are known. Loads no Hub client. Throws `ref/*`,
 * `settings/*` and `cache/invalid-*`.
 */
export async function locateRequest(
  ref: string | RepoRef,
  options: HubOptions,
  known?: Settings,
): Promise<LocatedRequest> {
  try {
    const parsed = isRepoRef(ref) ? ref : parseRepoRef(ref, options);
    const repoId = checkRepoId(parsed.repoId);
    const { repoType = "model" } = parsed;
    const revision = checkRevision(options.revision ?? parsed.revision ?? "main");
    const settings = known ?? (await readSettings(options));
    const layout = repoLayout(settings.cacheDir, repoId, repoType);
    return { repoId, repoType, revision, settings, layout };
  } catch (error) {
    throw codedError(error, isRepoRef(ref) ? ref.repoId : undefined);
  }
}
