import { stat } from "node:fs/promises";
import {
  cacheLocations,
  type MissingFile,
  repoLayout,
  snapshotDir,
  type SnapshotFile,
  verifyCache,
  type VerifyOptions,
  type VerifyReport,
  type VerifyTarget,
} from "@mlx-download/cache";
import { requireLocked } from "@mlx-download/registry";
import { projectError } from "../files/project-error.ts";
import { readProject } from "../files/read-project.ts";
import { knownSnapshot } from "./locked-model.ts";

/** Options of {@link verifyProject}. */
export interface VerifyProjectOptions extends Omit<VerifyOptions, "quick"> {
  readonly cacheDir?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

/** The files that all aliases of one commit lock. */
interface LockedListing {
  readonly repoId: string;
  readonly commit: string;
  readonly files: Map<string, SnapshotFile>;
}

/**
 * Verifies the files in the cache against the lock of a project: every byte by SHA-256. No network. Files that are not
 * installed are `missing`. Throws `lock/no-lock`, `lock/out-of-date`, `lock/tampered`, the errors of `readProject`, and the signal's
 * reason when aborted.
 */
export async function verifyProject(
  folder: string,
  { cacheDir, env = process.env, ...options }: VerifyProjectOptions = {},
): Promise<VerifyReport> {
  const { manifest, lock } = await readProject(folder);
  if (lock === undefined) {
    throw projectError("lock/no-lock", `There is no lock in ${folder}`, {
      hint: "mlx-download install makes one.",
      folder,
    });
  }
  requireLocked(manifest, lock);
  const { hubCache } = cacheLocations(env, { cacheDir });
  const listings = new Map<string, LockedListing>();
  for (const [alias, model] of lock.models) {
    const { repoId, commit, files } = knownSnapshot(alias, model);
    const key = `${repoId}@${commit}`;
    const listing = listings.get(key) ?? { repoId, commit, files: new Map<string, SnapshotFile>() };
    for (const { path, size, sha256 } of files) {
      const digest = { algorithm: "sha256", hex: sha256 } as const;
      listing.files.set(path, { path, size, digest, blobId: "" });
    }
    listings.set(key, listing);
  }
  const absent: MissingFile[] = [];
  const here: VerifyTarget[] = [];
  for (const { repoId, commit, files } of listings.values()) {
    const layout = repoLayout(hubCache, repoId);
    if (await isFolder(snapshotDir(layout, commit))) {
      here.push({ layout, commit, listing: [...files.values()], onlyListed: true });
    } else {
      const named = { repoId, repoType: layout.repoType, commit, reason: "absent" } as const;
      absent.push(...[...files.keys()].map((path) => ({ ...named, path })));
    }
  }
  const report = await verifyCache(here, options);
  return { ...report, missing: [...report.missing, ...absent] };
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
