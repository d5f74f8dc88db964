import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolders } from "../disk/make-folders.ts";
import { fsError } from "../disk/fs-error.ts";
import { checkRoot } from "../names/layout.ts";
import { localMetadataDir } from "../names/local-dir.ts";
import { writeCacheDirTag } from "./prepare-repo.ts";
import { ensureDirectory } from "../disk/real-directory.ts";
import { leaveOutOfBackups } from "./leave-out-of-backups.ts";
import { sweepTemps } from "./sweep-temps.ts";

/**
 * Creates a local folder, the metadata folder of Python's client in it, and a folder for unfinished
 * data. The local folder itself may be a link. `.cache/huggingface` and the folders below may not:
 * `cache/damaged`.
 */
export async function prepareLocalDir(localDir: string): Promise<void> {
  const root = checkRoot(localDir);
  const directory = localMetadataDir(root);
  const partialDir = join(directory, ".partial");
  try {
    await makeFolders(root);
    await ensureDirectory(root, join(directory, "download"));
    await ensureDirectory(root, partialDir);
    // Downloaded files should not get into a commit of the surrounding repository. This is not
    // worth a failure.
    await writeFile(join(directory, ".gitignore"), "*", { flag: "wx" }).catch(() => {});
    await writeCacheDirTag(directory);
    leaveOutOfBackups(partialDir);
    await sweepTemps(partialDir);
  } catch (error) {
    throw fsError(error, directory);
  }
}
