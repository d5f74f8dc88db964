import { rename } from "node:fs/promises";
import { basename, join } from "node:path";
import { fsError } from "../disk/fs-error.ts";
import type { RepoLayout } from "../names/layout.ts";
import { localMetadataDir } from "../names/local-dir.ts";
import type { ProofFolder } from "../records/proof-record.ts";
import { ensureDirectory } from "../disk/real-directory.ts";

/** Where a repo's damaged data goes. */
export function repoQuarantine(layout: RepoLayout): ProofFolder {
  return { root: layout.repoDir, directory: layout.quarantineDir };
}

/** Where a local dir's damaged data goes. */
export function localQuarantine(localDir: string): ProofFolder {
  return { root: localDir, directory: join(localMetadataDir(localDir), ".quarantine") };
}

/**
 * Moves a file or link aside, within its repo or local dir, and returns its new path. The time in
 * the name keeps earlier files there. Nothing is read or lost. Throws `cache/not-found`,
 * `cache/not-writable`.
 */
export async function quarantine(folder: ProofFolder, path: string): Promise<string> {
  const stamp = new Date().toISOString().replaceAll(/[:.]/g, "-");
  const target = join(folder.directory, `${basename(path)}.${stamp}`);
  try {
    await ensureDirectory(folder.root, folder.directory);
    await rename(path, target);
    return target;
  } catch (error) {
    throw fsError(error, path);
  }
}
