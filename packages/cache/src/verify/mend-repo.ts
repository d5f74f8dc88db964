import { lstat } from "node:fs/promises";
import { dirname, sep } from "node:path";
import type { Finding } from "../names/finding.ts";
import type { RepoLayout } from "../names/layout.ts";
import { quarantine, repoQuarantine } from "./quarantine.ts";
import { readRef, writeRef } from "../records/ref.ts";
import { scanFolder } from "../scan/scan-repo.ts";

/** Something that kept other clients from a repo, and was put right. */
export interface Mended {
  readonly repoId: string;
  readonly code: Finding["code"];
  readonly path: string;
  /** The repair in one sentence. */
  readonly message: string;
}

// Python's client writes a ref before it downloads, and puts nothing else there until a file is whole.
const GRACE_MS = 3_600_000;

/**
 * Fixes, without network, faults that make Python's client leave out a whole repo. A ref with
 * whitespace around its hash is written again. A ref that holds no hash or leads to no snapshot,
 * and a file among the snapshots, go to quarantine. Nothing younger than an hour is touched, since
 * a download may be running. Throws `cache/not-writable`.
 */
export async function mendRepo(layout: RepoLayout): Promise<readonly Mended[]> {
  const { repo } = scanFolder(layout.cacheDir, layout.repoDir.slice(layout.cacheDir.length + 1));
  const mended: Mended[] = [];
  const done = new Set<string>();
  const add = ({ code, path }: Finding, message: string): void => {
    done.add(path);
    mended.push({ repoId: layout.repoId, code, path, message });
  };
  for (const finding of repo.findings) {
    const { code, path } = finding;
    const isRef = path.startsWith(layout.refsDir + sep);
    const isStray = code === "stray-file" && dirname(path) === layout.snapshotsDir;
    const wrong = isStray || (isRef && (code === "bad-ref" || code === "missing-commit"));
    if (!wrong || done.has(path) || (await isFresh(path))) continue;
    const name = path.slice(layout.refsDir.length + 1).replaceAll(sep, "/");
    const commit = isRef ? await readRef(layout, name).catch(() => undefined) : undefined;
    if (commit !== undefined && repo.revisions.some((revision) => revision.commit === commit)) {
      await writeRef(layout, name, commit);
      add(finding, "The ref was written again, as 40 hex digits and nothing else.");
    } else {
      await quarantine(repoQuarantine(layout), path);
      add(finding, "It was moved to quarantine: nothing can be loaded by it.");
    }
  }
  return mended;
}

async function isFresh(path: string): Promise<boolean> {
  const stats = await lstat(path).catch(() => undefined);
  return stats === undefined || Date.now() - stats.mtimeMs < GRACE_MS;
}
