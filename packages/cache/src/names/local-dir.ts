import { join } from "node:path";
import { CacheError } from "./errors.ts";
import { checkRoot, partialPathsIn } from "./layout.ts";
import { checkRepoPath } from "./repo-path.ts";

/**
 * `<local_dir>/.cache/huggingface`, where Python's client keeps its records about the files of a
 * local folder.
 */
export function localMetadataDir(localDir: string): string {
  return join(checkRoot(localDir), ".cache", "huggingface");
}

/**
 * Where a repo's file, its metadata and its lock lie when a model is downloaded into a plain folder (huggingface_hub's
 * `_local_folder.py`). Throws `cache/unsafe-path`, also for a path that would forge such metadata.
 */
export function localDirPaths(
  localDir: string,
  path: string,
): { file: string; metadata: string; lock: string } {
  if (/^\.cache\/huggingface(?:\/|$)/i.test(checkRepoPath(path))) {
    throw new CacheError(
      `The file path ${JSON.stringify(path)} is not safe: it lies among the download metadata`,
      "cache/unsafe-path",
      { hint: "Leave it out with exclude: '.cache/**'.", data: { path } },
    );
  }
  const record = join(localMetadataDir(localDir), "download", path);
  return {
    file: join(checkRoot(localDir), path),
    metadata: `${record}.metadata`,
    lock: `${record}.lock`,
  };
}

/**
 * The paths of an unfinished blob of a local folder and its journal. Throws `cache/invalid-digest`.
 */
export function localPartialPaths(
  localDir: string,
  hex: string,
): { data: string; journal: string } {
  return partialPathsIn(join(localMetadataDir(localDir), ".partial"), hex);
}
