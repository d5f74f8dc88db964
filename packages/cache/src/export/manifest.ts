import { formatDigest, parseDigest } from "../digest/digest.ts";
import { CacheError } from "../names/errors.ts";
import { inspectFiles } from "../scan/inspect-files.ts";
import { repoLayout, type RepoLayout } from "../names/layout.ts";
import { listSnapshot } from "../scan/list-snapshot.ts";
import type { RepoType } from "../names/repo-id.ts";
import { checkRepoPath } from "../names/repo-path.ts";
import { checkCommit, checkRevision } from "../names/revision.ts";
import { checkSnapshotFile, type SnapshotFile } from "../digest/snapshot-file.ts";
import { readTreeRecord } from "../records/tree-record.ts";

/** The file that lies in an exported folder, a view, and at the beginning of an archive. */
export const MANIFEST_FILE = ".mlx-download.json";
/** About 100 000 files. */
export const MAX_MANIFEST_BYTES: number = 64 << 20;

/** The description inside a folder or an archive: its snapshot, and the digest of each file. */
export interface Manifest {
  readonly repoId: string;
  readonly repoType: RepoType;
  /** The revision it was exported by: a ref or the commit. */
  readonly revision: string;
  readonly commit: string;
  /** Every file of the commit, as far as a listing is known. */
  readonly files: readonly SnapshotFile[];
  /**
   * Whether `files` is everything in the commit. False when only the files that were there are
   * known.
   */
  readonly isListing: boolean;
  /** Paths of those that came along. */
  readonly included: ReadonlySet<string>;
  /** Files of a view that are not the repo's: we wrote them for the program. */
  readonly written?: readonly string[] | undefined;
}

/**
 * Describes a snapshot of the cache: its recorded listing (otherwise the files that are there), and
 * which of its files are here. Throws `cache/not-found` when none is.
 */
export async function describeSnapshot(
  layout: RepoLayout,
  snapshot: { readonly revision: string; readonly commit: string },
): Promise<Manifest> {
  const { repoId, repoType } = layout;
  const { revision, commit } = snapshot;
  const recorded = await readTreeRecord(layout, commit);
  const files = recorded ?? (await listSnapshot(layout, commit));
  const states = await inspectFiles(layout, commit, files);
  const included = new Set(
    files.map(({ path }) => path).filter((path) => states.get(path) === "present"),
  );
  if (included.size === 0) {
    throw new CacheError(`${repoId} at ${revision} has no file in the cache`, "cache/not-found", {
      hint: "Download it first.",
      data: { repoId, revision, commit },
    });
  }
  const isListing = recorded !== undefined;
  return { repoId, repoType, revision, commit, files, isListing, included };
}

/** The files that came along. */
export function includedFiles({ files, included }: Manifest): readonly SnapshotFile[] {
  return files.filter(({ path }) => included.has(path));
}

/** How much came along, for the events of the copy. */
export function amountOf(manifest: Manifest): { repoId: string; files: number; bytes: number } {
  const files = includedFiles(manifest);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return { repoId: manifest.repoId, files: files.length, bytes };
}

/** The text of a manifest: JSON, the same bytes for the same snapshot. */
export function formatManifest(manifest: Manifest): string {
  const { repoId, repoType, revision, commit, files, isListing, included, written } = manifest;
  const entries = files
    .map(({ path, size, digest, blobId, xetHash }) => ({
      path,
      size,
      digest: formatDigest(digest),
      blobId,
      ...(xetHash === undefined ? {} : { xetHash }),
      included: included.has(path),
    }))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const of = { schema: 1, repoId, repoType, revision, commit };
  const text = JSON.stringify(
    { ...of, ...(isListing ? {} : { isListing }), ...(written && { written }), files: entries },
    null,
    1,
  );
  return `${text}\n`;
}

/**
 * Reads a manifest from an untrusted source. Throws `cache/bad-archive` unless every field is
 * valid.
 */
export function parseManifest(text: string): Manifest {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || value["schema"] !== 1) throw new TypeError("another format");
    const { repoId, repoType, revision, commit, files } = value;
    const layout = repoLayout("/", asText(repoId), asText(repoType) as RepoType);
    if (!Array.isArray(files)) throw new TypeError("no files");
    const entries: unknown[] = files;
    const read = entries.map(readEntry);
    if (new Set(read.map(({ file }) => file.path)).size !== read.length) {
      throw new TypeError("a file twice");
    }
    return {
      repoId: layout.repoId,
      repoType: layout.repoType,
      revision: checkRevision(asText(revision)),
      commit: checkCommit(asText(commit)),
      files: read.map(({ file }) => file),
      isListing: value["isListing"] !== false,
      ...readWritten(value["written"]),
      included: new Set(read.flatMap(({ file, included }) => (included ? file.path : []))),
    };
  } catch (error) {
    throw badArchive(`its ${MANIFEST_FILE} is unsound`, error);
  }
}

/** The error for an export that is not ours, forged or broken. */
export function badArchive(why: string, cause?: unknown): CacheError {
  return new CacheError(`This cannot be imported: ${why}`, "cache/bad-archive", {
    hint: "No ref points at any of its files. Export it again, or download the model instead.",
    cause,
  });
}

function readEntry(entry: unknown): { file: SnapshotFile; included: boolean } {
  if (!isObject(entry)) throw new TypeError("no entry");
  const { path, size, digest, blobId, xetHash, included } = entry;
  if (typeof size !== "number") throw new TypeError("no size");
  const file = checkSnapshotFile({
    path: asText(path),
    size,
    digest: parseDigest(asText(digest)),
    blobId: asText(blobId),
    ...(xetHash === undefined ? {} : { xetHash: asText(xetHash) }),
  });
  return { file, included: included === true };
}

function readWritten(value: unknown): Pick<Manifest, "written"> {
  if (value === undefined) return {};
  if (!Array.isArray(value)) throw new TypeError("no names");
  const names: unknown[] = value;
  return { written: names.map((name) => checkRepoPath(asText(name))) };
}

function asText(value: unknown): string {
  if (typeof value === "string") return value;
  throw new TypeError("no text");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
