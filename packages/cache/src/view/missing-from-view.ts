import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { MANIFEST_FILE } from "../export/manifest.ts";
import { readFolderManifest } from "../export/plain-folder.ts";
import type { View } from "../records/view-record.ts";

/**
 * The files that a view was made of and no longer holds as they were: absent, or of another length.
 * Without its manifest that is the manifest itself. Contents are not read. `makeView` mends it.
 */
export async function missingFromView({ path }: Pick<View, "path">): Promise<readonly string[]> {
  const manifest = await readFolderManifest(path).catch(() => undefined);
  if (manifest === undefined) return [MANIFEST_FILE];
  const missing: string[] = [];
  for (const file of manifest.files) {
    if (!manifest.included.has(file.path)) continue;
    const stats = await lstat(join(path, file.path)).catch(() => undefined);
    if (!stats?.isFile() || stats.size !== file.size) missing.push(file.path);
  }
  for (const file of manifest.written ?? []) {
    const stats = await lstat(join(path, file)).catch(() => undefined);
    if (!stats?.isFile()) missing.push(file);
  }
  return missing;
}
