import { readlink } from "node:fs/promises";
import { join, resolve, sep } from "node:path";
import type { RepoLayout } from "../names/layout.ts";
import { listFolder } from "../disk/list-folder.ts";

/** The payloads of the shared store that this repo's blobs lead to. */
export async function payloadsOf(layout: RepoLayout): Promise<readonly string[]> {
  const { entries } = await listFolder(layout.blobsDir);
  const store = join(layout.cacheDir, "blobs") + sep;
  const links = entries.filter((entry) => entry.isSymbolicLink());
  const targets = await Promise.all(
    links.map(async ({ name }) => {
      const text = await readlink(join(layout.blobsDir, name)).catch(() => "");
      return resolve(layout.blobsDir, text);
    }),
  );
  return targets.filter((target) => target.startsWith(store));
}
