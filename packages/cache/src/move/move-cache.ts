import { randomBytes } from "node:crypto";
import { lstat, readdir, realpath, rename, rm, rmdir, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { makeFolders } from "../disk/make-folders.ts";
import { findActiveUse, inUse } from "../lock/active-use.ts";
import { type CopyOptions, startCopyMeter } from "../disk/copy-meter.ts";
import { discard, syncDirectory } from "../disk/durable-file.ts";
import { errnoOf } from "../disk/errno.ts";
import { fsError } from "../disk/fs-error.ts";
import { checkRoot, type RepoLayout } from "../names/layout.ts";
import { listRepos } from "../disk/list-repos.ts";
import { readSmallFile } from "../disk/read-small-file.ts";
import { withRepoLock } from "../lock/repo-lock.ts";
import { disownViews } from "../records/view-record.ts";
import { copyTree, measureTree } from "./copy-tree.ts";
import { absent, exists, refuseNested } from "./move-errors.ts";

/** Lies in a copy until the original is gone. */
const MARKER = join(".locks", "moved-from");

/**
 * Moves a whole cache to `to` (a folder that does not exist, or is empty) and leaves a link in its
 * place. Everything is copied and verified first, beside its place, then the two are swapped. A
 * killed run loses nothing, and the next one resumes. Throws `cache/not-found`, `cache/exists`,
 * `cache/locked` during a download, `cache/digest-mismatch`.
 */
export async function moveCache(
  cacheDir: string,
  to: string,
  options: CopyOptions = {},
): Promise<{ readonly path: string; readonly link: string }> {
  const root = checkRoot(cacheDir);
  const target = checkRoot(to);
  const staging = `${target}.moving`;
  try {
    await makeFolders(dirname(target));
    if (await finishEarlier(root, target)) return { path: target, link: root };
    const stats = await lstat(root).catch(() => undefined);
    if (stats === undefined) throw absent("A cache", root);
    if (!stats.isDirectory()) throw exists(root, "the cache is a link, so it was moved before");
    refuseNested(await realpath(root), join(await realpath(dirname(target)), basename(target)));
    await rmdir(target).catch((error: unknown) => {
      if (errnoOf(error) !== "ENOENT") throw exists(target, "something is there");
    });
    const copy = {
      signal: options.signal,
      source: root,
      target: staging,
      tempDir: join(staging, ".locks", "moving"),
      // No lock is held in the copy.
      skip: [".locks"],
    };
    const meter = startCopyMeter({ repoId: null, ...(await measureTree(copy)) }, options);
    await copyTree({ ...copy, meter });
    meter.end();
    await withAll(await listRepos(root), options, async () => {
      await copyTree({ ...copy, exact: true });
      for (const layout of await listRepos(staging)) await disownViews(layout);
      await writeFile(join(staging, MARKER), root);
      await rename(staging, target);
      await syncDirectory(dirname(target));
      await giveWay(root, target);
    });
    return { path: target, link: root };
  } catch (error) {
    throw fsError(error, target);
  }
}

/** Runs `work` with the locks of all repos, none of which is being downloaded into. */
async function withAll(
  layouts: readonly RepoLayout[],
  options: CopyOptions,
  work: () => Promise<void>,
): Promise<void> {
  const [first, ...rest] = layouts;
  if (first === undefined) {
    await work();
    return;
  }
  await withRepoLock(
    first,
    async () => {
      const active = await findActiveUse(first);
      if (active !== undefined) throw inUse(first, active);
      await withAll(rest, options, work);
    },
    options,
  );
}

async function giveWay(root: string, target: string): Promise<void> {
  const aside = `${root}.moved-${randomBytes(8).toString("hex")}`;
  await rename(root, aside);
  await symlink(target, root);
  await syncDirectory(dirname(root));
  await discard(join(target, MARKER));
  await rm(aside, { recursive: true, force: true });
}

/** Finishes the work of a killed run. True when the cache is moved by that. */
async function finishEarlier(root: string, target: string): Promise<boolean> {
  const mine = `${basename(root)}.moved-`;
  const names = await readdir(dirname(root)).catch(() => []);
  const asides = names.filter(
    (name) => name.startsWith(mine) && /^[0-9a-f]{16}$/.test(name.slice(mine.length)),
  );
  const isOurs = (await readSmallFile(join(target, MARKER), 65_536)) === root;
  const here = await lstat(root).catch(() => undefined);
  if (here === undefined && isOurs) await symlink(target, root);
  if (here?.isDirectory() === true && isOurs) {
    // The copy got its name and the original is still here: do it again from the original.
    await rename(target, `${target}.moving`);
    return false;
  }
  const moved =
    isOurs ||
    (here?.isSymbolicLink() === true && (await realpath(root).catch(() => "")) === target);
  if (!moved) {
    const aside = asides[0];
    if (here === undefined && aside !== undefined) await rename(join(dirname(root), aside), root);
    return false;
  }
  await discard(join(target, MARKER));
  for (const name of asides) await rm(join(dirname(root), name), { recursive: true, force: true });
  return true;
}
