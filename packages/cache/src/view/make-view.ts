import { randomBytes } from "node:crypto";
import { lstat, rename, rmdir, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { CopyOptions } from "../disk/copy-meter.ts";
import { describeSnapshot, type Manifest, MANIFEST_FILE } from "../export/manifest.ts";
import { makePlainFolder, notOurs, readFolderManifest } from "../export/plain-folder.ts";
import { fsError } from "../disk/fs-error.ts";
import { checkRoot, repoLayout, type RepoLayout } from "../names/layout.ts";
import { recordUse } from "../records/use-record.ts";
import { forgetView, recordView, type View, type ViewLayout } from "../records/view-record.ts";
import { JAN_FILE, janModel } from "./jan-model.ts";

/** Where a view of a repo belongs below the folder that the program looks into. */
export function viewPath(root: string, repoId: string, layout: ViewLayout): string {
  const [org = "", name] = repoId.split("/");
  if (layout === "org--name") return join(checkRoot(root), repoId.replace("/", "--"));
  if (layout === "flat") return join(checkRoot(root), name ?? org);
  // LM Studio sees only models inside a publisher's folder. Jan names a model by its folders.
  return name === undefined
    ? join(checkRoot(root), layout === "lmstudio" ? "models" : "", org)
    : join(checkRoot(root), org, name);
}

/**
 * Makes a view: a folder of plain files at `target` for programs that want their own layout, without taking the bytes
 * again where the file system can share them (small files are always copies). The repo remembers it. A view that is
 * there is renewed. `program` is the layout that the place was chosen by: Jan's gets its `model.yml`. Throws
 * `cache/not-found` (for Jan also without weights), `cache/not-ours`, `cache/digest-mismatch` for a damaged file that had
 * to be copied.
 */
export async function makeView(
  layout: RepoLayout,
  snapshot: { readonly revision: string; readonly commit: string },
  options: CopyOptions & {
    readonly target: string;
    readonly share?: boolean | undefined;
    readonly program?: ViewLayout | undefined;
  },
): Promise<View> {
  const path = checkRoot(options.target);
  const { program } = options;
  const { manifest, written } = await describeView(layout, snapshot, { path, program });
  const { commit } = snapshot;
  const view = { path, commit, ...(program && { layout: program }), createdAt: Date.now() };
  const { method } = await makePlainFolder(layout, path, {
    ...options,
    manifest,
    written,
    share: options.share ?? true,
    // Before the folder has its name: a crash in between leaves a record of nothing, not a view that it is unknown.
    onReady: async (made) => await recordView(layout, { ...view, method: made }),
  });
  await recordUse(layout, commit);
  return { ...view, method };
}

/** What a view holds: files of the snapshot, and those that we write for its program. */
async function describeView(
  layout: RepoLayout,
  snapshot: { readonly revision: string; readonly commit: string },
  { path, program }: { readonly path: string; readonly program: ViewLayout | undefined },
): Promise<{ manifest: Manifest; written: ReadonlyMap<string, string> }> {
  const manifest = await describeSnapshot(layout, snapshot);
  if (program !== "jan") return { manifest, written: new Map() };
  const included = new Set([...manifest.included].filter((file) => file !== JAN_FILE));
  const written = new Map([[JAN_FILE, await janModel(layout, manifest, path)]]);
  return { manifest: { ...manifest, included, written: [JAN_FILE] }, written };
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
  const { repoId, repoType, included, written = [] } = manifest;
  try {
    // Out of the way first, so that no program loads a half.
    const aside = join(
      dirname(path),
      `.${basename(path)}.${randomBytes(8).toString("hex")}.mlx-tmp`,
    );
    await rename(path, aside);
    const folders = new Set<string>();
    for (const file of [...included, ...written, MANIFEST_FILE]) {
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
