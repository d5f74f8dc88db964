import { join, sep } from "node:path";
import { type Digest, digestOfHex } from "../digest/digest.ts";
import { listFolderSync } from "../disk/list-folder.ts";
import { localMetadataDir } from "../names/local-dir.ts";
import { readNotedMetadata } from "./local-metadata.ts";

/** A file that was put into a local folder, as it was noted then. */
export interface NotedFile {
  readonly path: string;
  readonly commit: string;
  readonly digest: Digest;
  /** Unix time in seconds, with a fraction. */
  readonly timestamp: number;
}

/** Every file that was noted in a local folder with a digest. A note outlives its file. */
export async function listNotedFiles(localDir: string): Promise<readonly NotedFile[]> {
  const folder = join(localMetadataDir(localDir), "download");
  const { entries } = listFolderSync(folder, { recursive: true });
  const files: NotedFile[] = [];
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith(".metadata")) continue;
    const record = join(entry.parentPath, entry.name).slice(folder.length + 1);
    const path = record.slice(0, -".metadata".length).replaceAll(sep, "/");
    const noted = await readNotedMetadata(localDir, path).catch(() => undefined);
    const digest = digestOfHex(noted?.etag.toLowerCase() ?? "");
    if (noted === undefined || digest === undefined) continue;
    files.push({ path, commit: noted.commit, digest, timestamp: noted.timestamp });
  }
  return files;
}
