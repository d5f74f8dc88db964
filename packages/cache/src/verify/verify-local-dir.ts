import { existsSync } from "node:fs";
import { CacheError } from "../names/errors.ts";
import { checkRoot } from "../names/layout.ts";
import { localDirPaths } from "../names/local-dir.ts";
import { readLocalTreeRecord } from "../records/local-tree-record.ts";
import { listNotedFiles } from "../records/noted-files.ts";
import { localProofs } from "../records/proof-record.ts";
import type { RepoType } from "../names/repo-id.ts";
import type { SnapshotFile } from "../digest/snapshot-file.ts";
import { verifyFiles, type Expectation, type VerifyOptions } from "./verify-files.ts";
import type { MissingFile, VerifyReport } from "./verify-report.ts";

/**
 * `verifyCache` for a local dir: every file that was downloaded into it, against the digest and commit that were noted
 * then. Files that nobody noted are not looked at. `repoId` and `repoType` only name the repo in the report. Throws `cache/not-found`
 * when nothing was downloaded there.
 */
export async function verifyLocalDir(
  localDir: string,
  options: VerifyOptions & {
    readonly repoId?: string | undefined;
    readonly repoType?: RepoType | undefined;
  } = {},
): Promise<VerifyReport> {
  const { repoId = "", repoType = "model" } = options;
  const root = checkRoot(localDir);
  const expectations: Expectation[] = [];
  const missing: MissingFile[] = [];
  const listings = new Map<string, ReadonlyMap<string, SnapshotFile>>();
  for (const { path, commit, digest } of await listNotedFiles(root)) {
    if (!listings.has(commit)) {
      const files = await readLocalTreeRecord(root, commit);
      listings.set(commit, new Map(files?.map((file) => [file.path, file])));
    }
    const { file: blob } = localDirPaths(root, path);
    const file = { repoId, repoType, commit, path };
    if (!existsSync(blob)) {
      missing.push({ ...file, reason: "dangling" });
      continue;
    }
    const listed = listings.get(commit)?.get(path);
    const size = listed?.digest.hex === digest.hex ? listed.size : null;
    expectations.push({ file, blob, digest, size, proofs: localProofs(root) });
  }
  if (expectations.length + missing.length === 0) {
    throw new CacheError(`Nothing was downloaded into ${root}`, "cache/not-found", {
      hint: "Name the folder that --local-dir was given when the model was downloaded.",
      data: { path: root },
    });
  }
  return await verifyFiles(expectations, { missing, unproven: [] }, options);
}
