import { randomBytes } from "node:crypto";
import {
  lstat,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  symlink,
  unlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { makeFolders } from "../disk/make-folders.ts";
import { findActiveUse, inUse } from "../lock/active-use.ts";
import { type CopyOptions, startCopyMeter } from "../disk/copy-meter.ts";
import { discard, syncDirectory } from "../disk/durable-file.ts";
import { fsError } from "../disk/fs-error.ts";
import { checkRoot, repoLayout, type RepoLayout } from "../names/layout.ts";
import { writeCacheDirTag } from "../publish/prepare-repo.ts";
import { readSmallFile } from "../disk/read-small-file.ts";
import { payloadsOf } from "../shared/shared-store.ts";
import { sweepPayload } from "../shared/sweep-payloads.ts";
import { withRepoLock } from "../lock/repo-lock.ts";
import { disownViews } from "../records/view-record.ts";
import { copyTree, measureTree } from "./copy-tree.ts";
import { absent, exists, refuseNested } from "./move-errors.ts";

/** Lies among the records of a copy until the original is gone. */
const MARKER = "moved-from";

/** Where a repo was moved. */
export interface MovedRepo {
  readonly repoId: string;
  /** Where the files are now, absolute. */
  readonly path: string;
  /** The link left at the old place. Null when the repo came back to the place of such a link. */
  readonly link: string | null;
}

/**
 * Moves a repo into the cache `to`, which may be on another disk, and leaves a link in its place,
 * through which every client finds it as before. Everything is copied and verified first, then the
 * two are swapped in an instant. A killed run loses nothing, and the next one resumes. Payloads of
 * the shared store become files of the repo, and are removed when no other repo leads to them. A
 * repo moved to the place of such a link comes back, and the link is removed. Throws
 * `cache/not-found`, `cache/exists`, `cache/locked` during a download into it,
 * `cache/digest-mismatch` for damaged files.
 */
export async function moveRepo(
  layout: RepoLayout,
  to: string,
  options: CopyOptions = {},
): Promise<MovedRepo> {
  const target = repoLayout(checkRoot(to), layout.repoId, layout.repoType);
  const staging = join(target.locksDir, "moving");
  try {
    await makeFolders(target.cacheDir);
    await finishEarlier(layout, target);
    const stats = await lstat(layout.repoDir).catch(() => undefined);
    if (stats === undefined) throw absent(layout.repoId, layout.repoDir);
    if (stats.isSymbolicLink()) {
      const path = await realpath(layout.repoDir);
      if (path === (await realpath(target.repoDir).catch(() => undefined))) {
        return { repoId: layout.repoId, path: target.repoDir, link: layout.repoDir };
      }
      throw exists(layout.repoDir, `it was moved to ${path} before`);
    }
    const source = await realpath(layout.repoDir);
    refuseNested(source, await realpath(target.cacheDir));
    const comesBack = await isLinkTo(target.repoDir, source);
    const there = await lstat(target.repoDir).catch(() => undefined);
    if (there !== undefined && !comesBack)
      throw exists(target.repoDir, "the model is there already");
    const copy = {
      signal: options.signal,
      source: layout.repoDir,
      target: staging,
      tempDir: join(staging, ".partial"),
    };
    const meter = startCopyMeter({ repoId: layout.repoId, ...(await measureTree(copy)) }, options);
    await copyTree({ ...copy, meter });
    meter.end();
    await withRepoLock(
      layout,
      async () => {
        const active = await findActiveUse(layout);
        if (active !== undefined) throw inUse(layout, active);
        // Files that arrived while the copy was made.
        await copyTree({ ...copy, exact: true });
        const recordsDir = join(staging, ".mlx-download");
        await makeFolders(recordsDir);
        await disownViews({ recordsDir });
        await writeFile(join(recordsDir, MARKER), layout.repoDir);
        if (comesBack) await unlink(target.repoDir);
        await rename(staging, target.repoDir);
        await writeCacheDirTag(target.cacheDir);
        await syncDirectory(target.cacheDir);
        const payloads = await payloadsOf(layout);
        await giveWay(layout, comesBack ? undefined : target.repoDir);
        await discard(join(target.recordsDir, MARKER));
        for (const payload of payloads) await sweepPayload(layout.cacheDir, payload);
      },
      options,
    );
    return {
      repoId: layout.repoId,
      path: target.repoDir,
      link: comesBack ? null : layout.repoDir,
    };
  } catch (error) {
    throw fsError(error, target.repoDir);
  }
}

/** Replaces the folder with a link, or with nothing, and removes the old content. */
async function giveWay(layout: RepoLayout, leadsTo: string | undefined): Promise<void> {
  const id = randomBytes(8).toString("hex");
  const aside = join(layout.locksDir, `moved-${id}`);
  const link = join(layout.locksDir, `link-${id}`);
  await makeFolders(layout.locksDir);
  if (leadsTo !== undefined) await symlink(leadsTo, link);
  await rename(layout.repoDir, aside);
  if (leadsTo !== undefined) await rename(link, layout.repoDir);
  await syncDirectory(layout.cacheDir);
  await rm(aside, { recursive: true, force: true });
}

/** Finishes the work of a killed run: either the copy was complete, or nothing had been swapped. */
async function finishEarlier(layout: RepoLayout, target: RepoLayout): Promise<void> {
  const names = await readdir(layout.locksDir).catch(() => []);
  const asides = names.filter((name) => /^moved-[0-9a-f]{16}$/.test(name));
  const copied = (await lstat(target.repoDir).catch(() => undefined))?.isDirectory() ?? false;
  const marker = await readSmallFile(join(target.recordsDir, MARKER), 65_536);
  const isOurs = marker === layout.repoDir;
  const here = await lstat(layout.repoDir).catch(() => undefined);
  if (here === undefined && asides.length > 0) {
    if (copied && isOurs) await symlink(target.repoDir, layout.repoDir);
    else await rename(join(layout.locksDir, asides.shift() ?? ""), layout.repoDir);
  }
  for (const name of asides)
    await rm(join(layout.locksDir, name), { recursive: true, force: true });
  for (const name of names.filter((one) => /^link-[0-9a-f]{16}$/.test(one))) {
    await unlink(join(layout.locksDir, name)).catch(() => {});
  }
  // Killed after the copy got its name and before the link was made: both are whole, and the copy is done again from ours.
  if (copied && here?.isDirectory() === true && isOurs) {
    await rename(target.repoDir, join(target.locksDir, "moving"));
  }
}

async function isLinkTo(link: string, path: string): Promise<boolean> {
  const text = await readlink(link).catch(() => undefined);
  if (text === undefined) return false;
  return (await realpath(link).catch(() => undefined)) === path;
}
