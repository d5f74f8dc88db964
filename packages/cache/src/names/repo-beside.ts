import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { RepoLayout } from "./layout.ts";

/**
 * The folder beside this cache that holds the repo: clients that were given HF_HOME as their cache folder, as
 * transformers' TRANSFORMERS_CACHE often was, put repos beside `hub/`. Undefined when the repo is here, or there neither.
 */
export function repoBeside({ cacheDir, repoDir }: RepoLayout): string | undefined {
  const folder = dirname(cacheDir);
  if (existsSync(repoDir)) return undefined;
  return existsSync(join(folder, basename(repoDir), "snapshots")) ? folder : undefined;
}
