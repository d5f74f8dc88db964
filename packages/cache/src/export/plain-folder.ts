import { constants } from "node:fs";
import {
  copyFile,
  link,
  lstat,
  readdir,
  realpath,
  mkdir,
  rename,
  rm,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { makeFolders } from "../disk/make-folders.ts";
import { type CopyMeter, type CopyOptions, startCopyMeter } from "../disk/copy-meter.ts";
import { CacheError } from "../names/errors.ts";
import { errnoOf } from "../disk/errno.ts";
import { fsError } from "../disk/fs-error.ts";
import { checkRoot, snapshotPath, type RepoLayout } from "../names/layout.ts";
import { readSmallFile } from "../disk/read-small-file.ts";
import { ensureDirectory } from "../disk/real-directory.ts";
import type { SnapshotFile } from "../digest/snapshot-file.ts";
import type { ViewMethod } from "../records/view-record.ts";
import {
  amountOf,
  formatManifest,
  includedFiles,
  MANIFEST_FILE,
  MAX_MANIFEST_BYTES,
  parseManifest,
  type Manifest,
} from "./manifest.ts";
import { hasManifest, isProved, refuseTooLarge, resumeName } from "./resume-folder.ts";
import { sweepUnfinished, unfinishedPath } from "./unfinished.ts";
import { readPieces, writeProved } from "../digest/write-proved.ts";
import { refuseInsideCache } from "./refuse-inside-cache.ts";

/** Programs rewrite their small files in place, which must not reach the cache through a hard link. */
const SMALL_BYTES = 1_000_000;

/**
 * Makes `target` a plain folder with the files of a snapshot and its manifest. It is built beside
 * its place and renamed when complete. `share`: large files are clones or hard links where the file
 * system can. Otherwise every byte is copied and verified. A folder that we made of the same repo
 * is replaced. Throws `cache/not-ours` for any other folder.
 */
export async function makePlainFolder(
  layout: RepoLayout,
  target: string,
  options: CopyOptions & {
    readonly manifest: Manifest;
    readonly share: boolean;
    /** What an earlier run of the same export brought is verified and stays, and so does this one's when it is stopped. */
    readonly resume?: boolean | undefined;
    /** Text of files that the manifest names as written for a program. */
    readonly written?: ReadonlyMap<string, string> | undefined;
    readonly onReady?: ((method: ViewMethod) => Promise<void>) | undefined;
  },
): Promise<{ path: string; method: ViewMethod }> {
  const { manifest, share, resume = false, onReady } = options;
  const path = checkRoot(target);
  await refuseInsideCache(layout.cacheDir, path);
  await checkOurs(path, manifest);
  const text = formatManifest(manifest);
  const temp = unfinishedPath(path, resume ? resumeName(text) : undefined);
  const { signal } = options;
  const files = includedFiles(manifest);
  let method: ViewMethod = share ? "clone" : "copy";
  try {
    await makeFolders(dirname(path));
    if (!share) await refuseTooLarge(dirname(path), files);
    if (resume && (await isWhole(path, { text, files, signal }))) return { path, method };
    await sweepUnfinished(path, temp);
    await mkdir(temp, { recursive: resume });
    const meter = startCopyMeter(amountOf(manifest), options);
    for (const file of files) {
      signal?.throwIfAborted();
      const place = join(temp, file.path);
      await ensureDirectory(temp, dirname(place));
      if (resume && (await isProved(place, file, signal))) {
        meter.onBytes(file.size);
        meter.onFile();
        continue;
      }
      if (resume) await rm(place, { force: true });
      const source = await realpath(snapshotPath(layout, manifest.commit, file.path));
      if (share && file.size >= SMALL_BYTES)
        method = await shareFile(source, place, { method, file, meter, signal });
      else await writeProved(readPieces(source), place, { ...meter, signal, file });
      meter.onFile();
    }
    meter.end();
    const flag = resume ? "w" : "wx";
    for (const [name, content] of options.written ?? [])
      await writeFile(join(temp, name), content, { flag });
    await writeFile(join(temp, MANIFEST_FILE), text, { flag });
    await onReady?.(method);
    await swap(temp, path);
  } catch (error) {
    throw fsError(error, path);
  } finally {
    // A failed removal must not hide the original error.
    if (!resume) await rm(temp, { recursive: true, force: true }).catch(() => {});
  }
  return { path, method };
}

/** Whether the export is there already, every file with its bytes. */
async function isWhole(
  path: string,
  {
    text,
    files,
    signal,
  }: {
    readonly text: string;
    readonly files: readonly SnapshotFile[];
    readonly signal: AbortSignal | undefined;
  },
): Promise<boolean> {
  if (!(await hasManifest(path, text))) return false;
  for (const file of files) {
    if (!(await isProved(join(path, file.path), file, signal))) return false;
  }
  return true;
}

/** The manifest of a folder that we made. Undefined for any other folder. */
export async function readFolderManifest(folder: string): Promise<Manifest | undefined> {
  const text = await readSmallFile(join(folder, MANIFEST_FILE), MAX_MANIFEST_BYTES);
  return text === undefined ? undefined : parseManifest(text);
}

/** The error for a folder that we did not make. */
export function notOurs(path: string): CacheError {
  return new CacheError(
    `${path} is not a folder that this tool made of this model`,
    "cache/not-ours",
    {
      hint: "Nothing was changed. Name another folder, or move this one out of the way.",
      data: { path },
    },
  );
}

async function checkOurs(path: string, { repoId, repoType }: Manifest): Promise<void> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined) return;
  if (!stats.isDirectory()) throw notOurs(path);
  const there = await readFolderManifest(path).catch(() => undefined);
  if (there?.repoId === repoId && there.repoType === repoType) return;
  if ((await readdir(path)).length > 0) throw notOurs(path);
}

/**
 * The weakest method so far. It starts with the last one that worked: a file system that cannot
 * clone once never can.
 */
async function shareFile(
  source: string,
  place: string,
  context: {
    readonly method: ViewMethod;
    readonly file: SnapshotFile;
    readonly meter: CopyMeter;
    readonly signal: AbortSignal | undefined;
  },
): Promise<ViewMethod> {
  const { file, meter, signal } = context;
  let { method } = context;
  if (method === "clone") {
    try {
      await copyFile(source, place, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
      meter.onBytes(file.size);
      return method;
    } catch (error) {
      if (!isUnable(error)) throw error;
      await rm(place, { force: true });
      method = "hard-link";
    }
  }
  if (method === "hard-link") {
    try {
      await link(source, place);
      meter.onBytes(file.size);
      return method;
    } catch (error) {
      if (!isUnable(error)) throw error;
      method = "copy";
    }
  }
  await writeProved(readPieces(source), place, { ...meter, signal, file });
  return method;
}

function isUnable(error: unknown): boolean {
  const codes = [
    "ENOTSUP",
    "EOPNOTSUPP",
    "ENOSYS",
    "EXDEV",
    "EINVAL",
    "EPERM",
    "EMLINK",
    "ENOTTY",
    "EACCES",
  ];
  return codes.includes(errnoOf(error) ?? "");
}

async function swap(temp: string, path: string): Promise<void> {
  const aside = `${temp}.old`;
  const hadOld = await rename(path, aside).then(
    () => true,
    (error: unknown) => {
      if (errnoOf(error) === "ENOENT") return false;
      throw error;
    },
  );
  try {
    await rename(temp, path);
  } catch (error) {
    if (hadOld) await rename(aside, path);
    throw error;
  }
  if (hadOld) await rm(aside, { recursive: true, force: true });
}
