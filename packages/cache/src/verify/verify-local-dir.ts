import { existsSync } from "node:fs";
import { CacheError } from "../names/errors.ts";
import { checkRoot } from "../names/layout.ts";
import { localDirPaths } from "../names/local-dir.ts";
import { newestLocalTree, readLocalTreeRecord } from "../records/local-tree-record.ts";
import { listNotedFiles } from "../records/noted-files.ts";
import { localProofs } from "../records/proof-record.ts";
import type { RepoType } from "../names/repo-id.ts";
import type { SnapshotFile } from "../digest/snapshot-file.ts";
import { verifyFiles, type Expectation, type VerifyOptions } from "./verify-files.ts";
import type { MissingFile, VerifyReport } from "./verify-report.ts";

/** The content of a commit. */
interface Listing {
  readonly commit: string;
  readonly files: readonly SnapshotFile[];
}

/**
 * `verifyCache` for a local dir: its files are compared with `listing` (from the Hub, for example).
 * Without one, they are compared with the digest recorded at download, and files without a record
 * with the listing recorded then. Other files are not read. `repoId` and `repoType` only name the
 * repo in the report. Throws `cache/not-found` when the expected content is unknown.
 */
export async function verifyLocalDir(
  localDir: string,
  options: VerifyOptions & {
    readonly repoId?: string | undefined;
    readonly repoType?: RepoType | undefined;
    readonly listing?: Listing | undefined;
  } = {},
): Promise<VerifyReport> {
  const { repoId = "", repoType = "model" } = options;
  const root = checkRoot(localDir);
  const expectations: Expectation[] = [];
  const missing: MissingFile[] = [];
  const noted = options.listing === undefined ? await readNoted(root) : [];
  const known = new Set(noted.map(({ path }) => path));
  const listed = listingFiles(options.listing ?? (await newestLocalTree(root)));
  for (const one of [...noted, ...listed.filter(({ path }) => !known.has(path))]) {
    const { path, commit, digest, size } = one;
    const { file: blob } = localDirPaths(root, path);
    const file = { repoId, repoType, commit, path };
    if (existsSync(blob)) {
      expectations.push({ file, blob, digest, size, proofs: localProofs(root) });
    } else {
      missing.push({ ...file, reason: known.has(path) ? "dangling" : "absent" });
    }
  }
  if (expectations.length + missing.length === 0) {
    throw new CacheError(`Nothing says what ${root} should hold`, "cache/not-found", {
      hint: "Name the folder that was the `localDir` of the download, or name the repo and ask the Hub (`hub: true`).",
      data: { path: root },
    });
  }
  return await verifyFiles(expectations, { missing, unproven: [] }, options);
}

type Expected = Pick<SnapshotFile, "path" | "digest"> & {
  readonly commit: string;
  readonly size: number | null;
};

/** The files with a note, and their size where the listing of the same commit has the same file. */
async function readNoted(root: string): Promise<readonly Expected[]> {
  const listings = new Map<string, ReadonlyMap<string, SnapshotFile>>();
  const noted: Expected[] = [];
  for (const { path, commit, digest } of await listNotedFiles(root)) {
    if (!listings.has(commit)) {
      const files = await readLocalTreeRecord(root, commit);
      listings.set(commit, new Map(files?.map((file) => [file.path, file])));
    }
    const listed = listings.get(commit)?.get(path);
    noted.push({
      path,
      commit,
      digest,
      size: listed?.digest.hex === digest.hex ? listed.size : null,
    });
  }
  return noted;
}

function listingFiles(listing: Listing | undefined): readonly Expected[] {
  return (listing?.files ?? []).map(({ path, digest, size }) => ({
    path,
    digest,
    size,
    commit: listing?.commit ?? "",
  }));
}
