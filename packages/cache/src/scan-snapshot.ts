import type { Dirent, Stats } from "node:fs";
import { readlink, stat } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { isLitter, type Finding } from "./finding.ts";
import { inBatches } from "./in-batches.ts";
import { snapshotDir, type RepoLayout } from "./layout.ts";
import { listFolder } from "./list-folder.ts";

/** One file of a snapshot on disk. */
export interface SnapshotEntry {
  /** As in the repo. */
  readonly path: string;
  /** What the entry's link says (the first hop), or the entry itself when it is a file. Two names may share it. */
  readonly blob: string;
  /** Of the content at the end of all links. */
  readonly stats: Stats;
}

/** The files of a snapshot that are really there, and what is wrong with the others. */
export async function scanSnapshot(
  layout: RepoLayout,
  commit: string,
): Promise<{ entries: readonly SnapshotEntry[]; findings: readonly Finding[] }> {
  const directory = snapshotDir(layout, commit);
  const { entries: listed, findings } = await listFolder(directory, { recursive: true });
  const files = listed.filter((entry) => !entry.isDirectory() && !isLitter(entry.name));
  const seen = await inBatches(files, async (entry) => await look(layout, directory, entry));
  return {
    entries: seen.flatMap(({ entry }) => entry ?? []),
    findings: [...findings, ...seen.flatMap(({ finding }) => finding ?? [])],
  };
}

async function look(
  layout: RepoLayout,
  directory: string,
  dirent: Dirent,
): Promise<{ entry?: SnapshotEntry; finding?: Finding }> {
  const file = join(dirent.parentPath, dirent.name);
  const stats = await stat(file).catch(() => undefined);
  const hop = dirent.isSymbolicLink() ? await readlink(file).catch(() => undefined) : undefined;
  const blob = hop === undefined ? file : resolve(dirname(file), hop);
  if (stats === undefined) {
    const message = `The link leads to ${blob}, which is gone.`;
    return { finding: { code: "dangling-link", path: file, message } };
  }
  if (stats.isDirectory()) {
    const message = "A link lies where a folder belongs; it was not followed.";
    return { finding: { code: "planted-link", path: file, message } };
  }
  if (!stats.isFile()) {
    return { finding: { code: "stray-file", path: file, message: "It is no regular file." } };
  }
  const path = file.slice(directory.length + 1).replaceAll(sep, "/");
  const entry = { path, blob, stats };
  if (blob.startsWith(layout.repoDir + sep)) return { entry };
  const message = `The link leaves the repo's folder, to ${blob}.`;
  return { entry, finding: { code: "outside-link", path: file, message } };
}
