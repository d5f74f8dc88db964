import { dirname } from "node:path";
import { replaceFile } from "../disk/durable-file.ts";
import type { Digest } from "../digest/digest.ts";
import { CacheError } from "../names/errors.ts";
import { fsError } from "../disk/fs-error.ts";
import { treePath, type RepoLayout } from "../names/layout.ts";
import { readSmallFileSync } from "../disk/read-small-file.ts";
import { ensureDirectory } from "../disk/real-directory.ts";
import { checkSnapshotFile, type SnapshotFile } from "../digest/snapshot-file.ts";

const FORMAT_VERSION = 1;
/** About 400 000 files. A longer listing is requested from the Hub again. */
const MAX_BYTES = 128 << 20;

/**
 * The full listing of a commit that some client left in `trees/<commit>.json` (huggingface_hub's `_tree_cache.py`).
 * Undefined when there is none that can be trusted as a whole: absent, unreadable, another format version, a masked Xet
 * hash, or any entry whose path, size or ids are unsound.
 */
export async function readTreeRecord(
  layout: RepoLayout,
  commit: string,
): Promise<readonly SnapshotFile[] | undefined> {
  return await Promise.resolve(readTreeRecordSync(layout, commit));
}

/** `readTreeRecord` on this thread. */
export function readTreeRecordSync(
  layout: RepoLayout,
  commit: string,
): readonly SnapshotFile[] | undefined {
  return readRecord(treePath(layout, commit));
}

/**
 * Writes the listing of a commit, in one step. Pass every file of the commit, not a selection:
 * clients use it to decide whether a snapshot is complete. Throws `cache/unsafe-path` when two
 * entries cannot lie side by side.
 */
export async function writeTreeRecord(
  layout: RepoLayout,
  commit: string,
  files: readonly SnapshotFile[],
): Promise<void> {
  await writeRecord(layout.repoDir, treePath(layout, commit), {
    files,
    tempDir: layout.partialDir,
  });
}

/** Writes a record below `root`, where every folder is checked to be a real one. */
export async function writeRecord(
  root: string,
  path: string,
  options: { files: readonly SnapshotFile[]; tempDir: string },
): Promise<void> {
  const text = formatRecord(options.files);
  try {
    await ensureDirectory(root, dirname(path));
    await ensureDirectory(root, options.tempDir);
    await replaceFile(path, text, options.tempDir);
  } catch (error) {
    throw fsError(error, path);
  }
}

function formatRecord(files: readonly SnapshotFile[]): string {
  const sorted = files.map(checkSnapshotFile).toSorted(byPath);
  checkSideBySide(sorted);
  // Written by hand, since an object would move names like "1" to the front. The format is that of
  // Python's json.dump(indent=1).
  const entries = sorted.map((file) => `\n  ${JSON.stringify(file.path)}: ${formatEntry(file)}`);
  const body = entries.length === 0 ? "{}" : `{${entries.join(",")}\n }`;
  const text = `{\n "format_version": ${FORMAT_VERSION},\n "files": ${body}\n}`;
  return text.replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function formatEntry({ size, blobId, digest, xetHash }: SnapshotFile): string {
  const fields: Record<string, string | number> = { size, blob_id: blobId };
  if (digest.algorithm === "sha256") {
    fields["lfs_sha256"] = digest.hex;
    fields["lfs_size"] = size;
  }
  if (xetHash !== undefined) fields["xet_hash"] = xetHash;
  return JSON.stringify(fields, null, 1).replaceAll("\n", "\n  ");
}

// Python sorts by code point, which is the order of the UTF-8 bytes and not that of UTF-16 units.
function byPath(a: SnapshotFile, b: SnapshotFile): number {
  return Buffer.compare(Buffer.from(a.path), Buffer.from(b.path));
}

function checkSideBySide(files: readonly SnapshotFile[]): void {
  const paths = new Set<string>();
  const folders = new Set<string>();
  for (const { path } of files) {
    if (paths.has(path)) throw clash(path, "twice");
    paths.add(path);
    for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
      folders.add(path.slice(0, at));
    }
  }
  for (const path of paths) if (folders.has(path)) throw clash(path, "as a file and as a folder");
}

function clash(path: string, how: string): CacheError {
  return new CacheError(`The listing holds ${JSON.stringify(path)} ${how}`, "cache/unsafe-path", {
    hint: "The listing is wrong. Report it to the Hub or mirror that served it.",
    data: { path },
  });
}

/** Reads a record by the rules of `readTreeRecord`. */
export function readRecord(path: string): readonly SnapshotFile[] | undefined {
  const text = readSmallFileSync(path, MAX_BYTES);
  if (text === undefined) return undefined;
  try {
    const record: unknown = JSON.parse(text);
    if (!isObject(record) || record["format_version"] !== FORMAT_VERSION) return undefined;
    if (!isObject(record["files"])) return undefined;
    const listed = record["files"];
    const files = Object.keys(listed).map((name) => readEntry(name, listed[name]));
    // An object holds no name twice, so that only a folder can be in the way of a file.
    if (files.some((file) => file.path.includes("/"))) checkSideBySide(files);
    return files;
  } catch {
    return undefined;
  }
}

function readEntry(path: string, entry: unknown): SnapshotFile {
  if (!isObject(entry)) throw new TypeError("no entry");
  const { size, blob_id: blobId, lfs_sha256: sha256, lfs_size: lfsSize, xet_hash: xetHash } = entry;
  if (typeof size !== "number" || typeof blobId !== "string") throw new TypeError("no entry");
  const isLfs = typeof sha256 === "string";
  if (isLfs && lfsSize !== undefined && lfsSize !== null && lfsSize !== size) {
    throw new TypeError("two sizes");
  }
  const digest: Digest = isLfs
    ? { algorithm: "sha256", hex: sha256.toLowerCase() }
    : { algorithm: "git-sha1", hex: blobId };
  return checkSnapshotFile(
    typeof xetHash === "string"
      ? { path, size, digest, blobId, xetHash: xetHash.toLowerCase() }
      : { path, size, digest, blobId },
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
