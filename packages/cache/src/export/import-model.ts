import { lstat } from "node:fs/promises";
import { basename, join } from "node:path";
import { announceDownload } from "../lock/active-use.ts";
import { type CopyOptions, startCopyMeter } from "../disk/copy-meter.ts";
import { discard, tempPath } from "../disk/durable-file.ts";
import { CacheError } from "../names/errors.ts";
import { fsError } from "../disk/fs-error.ts";
import { isAppleDouble } from "../names/litter.ts";
import { inspectFiles } from "../scan/inspect-files.ts";
import { repoLayout, snapshotDir, type RepoLayout } from "../names/layout.ts";
import { prepareRepo } from "../publish/prepare-repo.ts";
import { publishFile } from "../publish/publish-file.ts";
import { publishRef } from "../publish/publish-ref.ts";
import { readRef } from "../records/ref.ts";
import type { RepoType } from "../names/repo-id.ts";
import type { SnapshotFile } from "../digest/snapshot-file.ts";
import { snapshotStatus } from "../scan/snapshot-status.ts";
import { readTreeRecord, writeTreeRecord } from "../records/tree-record.ts";
import { recordUse } from "../records/use-record.ts";
import {
  amountOf,
  badArchive,
  includedFiles,
  MANIFEST_FILE,
  MAX_MANIFEST_BYTES,
  parseManifest,
  type Manifest,
} from "./manifest.ts";
import { describeLocalDir, type ImportedAs } from "./describe-local-dir.ts";
import { readFolderManifest } from "./plain-folder.ts";
import { rememberBefore } from "./take-back.ts";
import { readTar } from "./read-tar.ts";
import { readPieces, writeProved } from "../digest/write-proved.ts";

/** The result of an import. */
export interface Imported {
  readonly repoId: string;
  readonly repoType: RepoType;
  readonly commit: string;
  /** The snapshot's folder, absolute. */
  readonly path: string;
  readonly files: number;
  /** Of files that were not here. */
  readonly bytes: number;
  /**
   * Whether every file of the commit is here now. Null when neither the import nor the cache has a
   * listing.
   */
  readonly complete: boolean | null;
  /**
   * The ref that points at it now. Null when it was exported by commit, or the ref here points at
   * another commit.
   */
  readonly ref: string | null;
}

type Content = { readonly file: SnapshotFile; readonly content: AsyncIterable<Uint8Array> };

/**
 * Imports an exported folder into a cache, or a folder that was filled by `--local-dir` (ours or
 * Python's) and that `as` names. Every file is verified before it is published, by the digest in
 * the manifest or the one recorded at download. A listing of this commit already in the cache must
 * agree. Throws `cache/bad-archive`, `cache/digest-mismatch`, `cache/size-mismatch`. Then nothing
 * stays of a commit that was not in the cache before.
 */
export async function importFolder(
  cacheDir: string,
  folder: string,
  options: CopyOptions & {
    readonly as?: ImportedAs | undefined;
    /** Says why a manifest is not what was expected. Nothing is imported then. */
    readonly accepts?: ((manifest: Manifest) => string | undefined) | undefined;
  } = {},
): Promise<Imported> {
  const manifest =
    (await readFolderManifest(folder)) ?? (await describeLocalDir(folder, options.as));
  if (manifest === undefined)
    throw badArchive(`${folder} holds no ${MANIFEST_FILE}, and nothing was downloaded into it`);
  const why = options.accepts?.(manifest);
  if (why !== undefined) throw badArchive(why);
  return await bringIn(cacheDir, { manifest, contents: folderContents(folder, manifest), options });
}

/**
 * `importFolder` for a tar stream made by `exportTar`: the manifest first, and no file that it does
 * not list.
 */
export async function importTar(
  cacheDir: string,
  source: AsyncIterable<Uint8Array>,
  options: CopyOptions = {},
): Promise<Imported> {
  const entries = readTar(source);
  try {
    let { value: first } = await entries.next();
    while (first !== undefined && isAppleDouble(basename(first.name))) {
      await readOver(first);
      ({ value: first } = await entries.next());
    }
    if (first === undefined || !first.name.endsWith(`/${MANIFEST_FILE}`)) {
      throw badArchive(
        `it does not begin with ${MANIFEST_FILE}; if it holds one, unpack it and import the folder`,
      );
    }
    if (first.size > MAX_MANIFEST_BYTES) throw badArchive("its manifest is too long");
    const pieces: Uint8Array[] = [];
    for await (const piece of first.content) pieces.push(Buffer.from(piece));
    const manifest = parseManifest(Buffer.concat(pieces).toString("utf8"));
    const prefix = first.name.slice(0, -MANIFEST_FILE.length);
    const contents = tarContents(entries, { manifest, prefix });
    return await bringIn(cacheDir, { manifest, contents, options });
  } finally {
    await entries.return(undefined);
  }
}

async function* folderContents(folder: string, manifest: Manifest): AsyncGenerator<Content> {
  for (const file of manifest.files) {
    if (manifest.included.has(file.path)) {
      const stats = await lstat(join(folder, file.path)).catch(() => undefined);
      if (stats?.isFile() !== true) throw badArchive(`${file.path} is missing, or no plain file`);
      yield { file, content: readPieces(join(folder, file.path)) };
    }
  }
}

async function* tarContents(
  entries: AsyncGenerator<{ name: string; size: number; content: AsyncIterable<Uint8Array> }>,
  { manifest, prefix }: { manifest: Manifest; prefix: string },
): AsyncGenerator<Content> {
  const files = new Map(manifest.files.map((file) => [prefix + file.path, file]));
  for await (const { name, size, content } of entries) {
    const file = files.get(name);
    if (file === undefined && isAppleDouble(basename(name))) {
      await readOver({ content });
      continue;
    }
    if (file === undefined || !manifest.included.has(file.path)) {
      throw badArchive(`it holds ${JSON.stringify(name)}, which its manifest does not list`);
    }
    if (size !== file.size) throw badArchive(`${file.path} does not have its ${file.size} bytes`);
    files.delete(name); // twice is once too often
    yield { file, content };
  }
}

/** Reads over a file of an archive that is not wanted: macOS's tar adds one to each file with extended attributes. */
async function readOver({ content }: { content: AsyncIterable<Uint8Array> }): Promise<void> {
  const pieces = content[Symbol.asyncIterator]();
  while ((await pieces.next()).done !== true);
}

/** The input of an import, from any source. */
interface Incoming {
  readonly manifest: Manifest;
  readonly contents: AsyncGenerator<Content>;
  readonly options: CopyOptions;
}

/** Leaves nothing of an import that fails or is aborted, unless something of the commit was here before. */
async function bringIn(cacheDir: string, incoming: Incoming): Promise<Imported> {
  const { repoId, repoType, commit } = incoming.manifest;
  const layout = repoLayout(cacheDir, repoId, repoType);
  const takeBack = await rememberBefore(layout, commit);
  try {
    return await publishAll(layout, incoming);
  } catch (error) {
    // Its leftovers are useless, and prune removes them. The original error matters more than a
    // second one.
    await takeBack().catch(() => {});
    throw fsError(error, layout.repoDir);
  }
}

async function publishAll(
  layout: RepoLayout,
  { manifest, contents, options }: Incoming,
): Promise<Imported> {
  const { repoId, repoType, commit, included, revision } = manifest;
  const leave = await announceDownload(layout, options);
  try {
    await prepareRepo(layout);
    const listed = await agree(layout, manifest);
    const wanted = includedFiles(manifest).map((file) => listed.get(file.path) ?? file);
    const states = await inspectFiles(layout, commit, wanted);
    const meter = startCopyMeter(amountOf(manifest), options);
    const missing = new Set(included);
    let bytes = 0;
    for await (const { file: entry, content } of contents) {
      missing.delete(entry.path);
      const file = listed.get(entry.path) ?? entry;
      // The bytes are verified all the same: an archive that lies is refused whatever is here.
      const from = tempPath(layout.partialDir);
      try {
        await writeProved(content, from, { ...meter, signal: options.signal, file });
        meter.onFile();
        if (states.get(file.path) === "present") continue;
        await publishFile(layout, { commit, file, from });
        bytes += file.size;
      } finally {
        await discard(from);
      }
    }
    meter.end();
    const [first] = missing;
    if (first !== undefined) throw badArchive(`${first} is missing`);
    const here = await readRef(layout, revision);
    const takesRef = revision !== commit && (here === undefined || here === commit);
    await publishRef(layout, { revision: takesRef ? revision : commit, commit, files: wanted });
    await recordUse(layout, commit);
    const path = snapshotDir(layout, commit);
    const { status } = await snapshotStatus(layout, commit);
    const complete = status === "unknown" ? null : status === "complete";
    const ref = takesRef ? revision : null;
    const of = { repoId, repoType, commit, path };
    return { ...of, files: wanted.length, bytes, complete, ref };
  } finally {
    await leave();
  }
}

/**
 * Writes the listing of the commit, unless there is one: two that differ cannot both be true.
 * Returns the existing listing by path. A file listed there with another digest is verified by that
 * digest.
 */
async function agree(
  layout: RepoLayout,
  { commit, files, isListing }: Manifest,
): Promise<ReadonlyMap<string, SnapshotFile>> {
  const known = await readTreeRecord(layout, commit);
  const listed = new Map(known?.map((file) => [file.path, file]));
  if (known === undefined) {
    // Files found in a folder are not a listing. Recorded as one, they would tell every client that
    // nothing is missing.
    if (isListing) await writeTreeRecord(layout, commit, files);
    return listed;
  }
  const differs = files.find((file) => {
    const here = listed.get(file.path);
    if (here === undefined || here.size !== file.size) return true;
    return here.digest.algorithm === file.digest.algorithm && here.digest.hex !== file.digest.hex;
  });
  if (differs === undefined) return listed;
  throw new CacheError(
    `The listing of ${layout.repoId} at ${commit} differs from the one in this cache (${differs.path})`,
    "cache/digest-mismatch",
    {
      hint: "One of the two is wrong. Download the model from the Hub to be sure.",
      data: { repoId: layout.repoId, commit, path: differs.path },
    },
  );
}
