import { randomBytes } from "node:crypto";
import { lstat, rename, rmdir, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { CopyOptions } from "../disk/copy-meter.ts";
import { describeSnapshot, MANIFEST_FILE } from "../export/manifest.ts";
import { makePlainFolder, notOurs, readFolderManifest } from "../export/plain-folder.ts";
import { fsError } from "../disk/fs-error.ts";
import { checkRoot, repoLayout, type RepoLayout } from "../names/layout.ts";
import { recordUse } from "../records/use-record.ts";
import { forgetView, recordView, type View } from "../records/view-record.ts";

/**
 * How programs lay out their models: `org/name` and LM Studio in a folder for each owner, `flat` side by side, `org--name`
 * side by side with the owner in the name, as exo wants it.
 */
export type ViewLayout = "lmstudio" | "org/name" | "org--name" | "flat";

/** Where a view of a repo belongs below the folder that the program looks into. */
export function viewPath(root: string, repoId: string, layout: ViewLayout): string {
  const [org = "", name] = repoId.split("/");
  if (layout === "org--name") return join(checkRoot(root), repoId.replace("/", "--"));
  if (layout === "flat") return join(checkRoot(root), name ?? org);
  // LM Studio sees only models inside a publisher's folder.
  return name === undefined
    ? join(checkRoot(root), layout === "lmstudio" ? "models" : "", org)
    : join(checkRoot(root), org, name);
}

/**
 * Makes a view: a folder of plain files at `target` for programs that want their own layout, without taking the bytes
 * again where the file system can share them (small files are always copies). The repo remembers it. A view that is
 * there is renewed. Throws `cache/not-found`, `cache/not-ours`, `cache/digest-mismatch` for a damaged file that had to be
 * copied.
 */
export async function makeView(
  layout: RepoLayout,
  snapshot: { readonly revision: string; readonly commit: string },
  options: CopyOptions & { readonly target: string; readonly share?: boolean | undefined },
): Promise<View> {
  const manifest = await describeSnapshot(layout, snapshot);
  const path = checkRoot(options.target);
  const { commit } = snapshot;
  const createdAt = Date.now();
  const { method } = await makePlainFolder(layout, path, {
    ...options,
    manifest,
    share: options.share ?? true,
    // Before the folder has its name: a crash in between leaves a record of nothing, not a view that it is unknown.
    onReady: async (made) => await recordView(layout, { path, commit, method: made, createdAt }),
  });
  await recordUse(layout, commit);
  return { path, commit, method, createdAt };
}

/**
 * Removes a view: the files it was made of, and folders that are empty then. Files of other
 * programs stay. Returns whether the folder is gone. Throws `cache/not-ours`.
 */
export async function removeView(
  cacheDir: string,
  target: string,
): Promise<{ repoId: string; gone: boolean }> {
  const path = checkRoot(target);
  const manifest = await readFolderManifest(path);
  if (manifest === undefined) throw notOurs(path);
  const { repoId, repoType, included } = manifest;
  try {
    // Out of the way first, so that no program loads a half.
    const aside = join(
      dirname(path),
      `.${basename(path)}.${randomBytes(8).toString("hex")}.mlx-tmp`,
    );
    await rename(path, aside);
    const folders = new Set<string>();
    for (const file of [...included, MANIFEST_FILE]) {
      await unlink(join(aside, file)).catch(() => {});
      for (let folder = dirname(file); folder !== "."; folder = dirname(folder))
        folders.add(folder);
    }
    const deepest = [...folders].toSorted((a, b) => b.length - a.length);
    for (const folder of deepest) await rmdir(join(aside, folder)).catch(() => {});
    await rmdir(aside).catch(async () => await rename(aside, path));
    await forgetView(repoLayout(cacheDir, repoId, repoType), path);
    const gone = (await lstat(path).catch(() => undefined)) === undefined;
    return { repoId, gone };
  } catch (error) {
    throw fsError(error, path);
  }
}
