import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  announceDownload,
  blobPath,
  inspectFiles,
  readRef,
  type RepoLayout,
  type SnapshotFile,
  snapshotDir,
  snapshotPath,
  supportsSymlinks,
} from "@mlx-download/cache";
import {
  discardEmptyRepo,
  inspectLocalFiles,
  localDirPaths,
  localPartialPaths,
  localProofs,
  lockPath,
  partialPaths,
  prepareLocalDir,
  prepareRepo,
  publishFile,
  publishLocalFile,
  publishRef,
  recognizeLocalFiles,
  repoProofs,
  writeProofRecord,
  writeLocalTreeRecord,
  writeTreeRecord,
  writeXetRecord,
} from "@mlx-download/cache/writing";
import type { Snapshot } from "../contract/snapshot.ts";

/** Where the files of one snapshot go: the shared cache, or a folder of plain files. */
export interface Target {
  /** The path given to the caller: the snapshot's folder, absolute. */
  readonly path: string;
  /** The folder whose file system takes the bytes. It may not exist yet. */
  readonly root: string;
  /**
   * The local state of each file. `blob`: the bytes are here, but the file's entry or note is missing. May read a local
   * dir.
   */
  inspect(
    files: readonly SnapshotFile[],
    options: {
      readonly signal: AbortSignal;
      /** Told of a file that is about to be read. */
      readonly onVerify: (file: SnapshotFile) => void;
    },
  ): Promise<ReadonlyMap<string, "present" | "blob" | "absent">>;
  partialPaths(file: SnapshotFile): { readonly data: string; readonly journal: string };
  /** The lock that other programs take for these bytes. */
  lockPath(file: SnapshotFile): string;
  /** Files by whose growth a program that holds the lock shows that it lives: our partial, Python's temp files. */
  growing(file: SnapshotFile): Promise<readonly string[]>;
  /** Are the bytes here whole, now? */
  has(file: SnapshotFile): Promise<boolean>;
  /** Keeps all programs from removing anything here until the returned function is called. */
  guard(signal: AbortSignal): Promise<() => Promise<void>>;
  /**
   * Before the first byte: creates folders and writes the full listing, so that no reader takes a partial snapshot for
   * a complete one.
   */
  begin(): Promise<void>;
  /** Puts a file in its place. `from` holds verified bytes. Without it the bytes are in the cache already. */
  publish(file: SnapshotFile, from?: string): Promise<string>;
  /** Puts a file in its place whose bytes were just published at `path` for another one. */
  publishTwin(file: SnapshotFile, path: string): Promise<string>;
  /**
   * Keeps the digests that locate later damage of a file just verified. A disk error here does not fail the download.
   */
  keepProof(file: SnapshotFile, beginnings: readonly string[]): Promise<void>;
  /** Keeps the chunks of a file just verified, for later versions. A disk error does not fail either. */
  keepSidecar(file: SnapshotFile, sidecar: Uint8Array): Promise<void>;
  /** Removes a file whose bytes are not its own, as a backend may leave it. Files elsewhere stay. */
  discard(file: SnapshotFile): Promise<void>;
  /**
   * After a failure: removes entries that hold no bytes, given the unfinished data files that are empty. Never throws.
   */
  abandon(emptyPartials: ReadonlySet<string>): Promise<void>;
  /** After the last of the selected files: the ref (default), which makes the snapshot the revision's. */
  finish(
    selected: readonly SnapshotFile[],
    options?: { readonly withRef?: boolean | undefined },
  ): Promise<void>;
}

/** The Hugging Face cache. */
export function createCacheTarget(
  layout: RepoLayout,
  snapshot: Snapshot,
  options: { readonly symlinks: boolean },
): Target {
  const { commit, revision } = snapshot;
  let symlinks = options.symlinks;
  return {
    path: snapshotDir(layout, commit),
    root: layout.repoDir,
    inspect: (wanted) => inspectFiles(layout, commit, wanted),
    partialPaths: (file) => partialPaths(layout, file.digest.hex),
    lockPath: (file) => lockPath(layout, file.digest.hex),
    async growing(file) {
      const { data, journal } = partialPaths(layout, file.digest.hex);
      const names = await readdir(layout.blobsDir).catch(() => []);
      const theirs = names.filter(
        (name) => name.startsWith(file.digest.hex) && name.endsWith(".incomplete"),
      );
      return [data, journal, ...theirs.map((name) => join(layout.blobsDir, name))];
    },
    async has(file) {
      // An entry of the same length may lead to the bytes that the Hub's listing named, not the caller.
      if (snapshot.isVouched === false) return hasBlob(layout, file);
      return (await inspectFiles(layout, commit, [file])).get(file.path) !== "absent";
    },
    guard: (signal) => announceDownload(layout, { signal }),
    async begin() {
      await prepareRepo(layout);
      symlinks &&= await supportsSymlinks(layout.cacheDir);
      // Before the entries, not after them: Python takes a snapshot without this record for whole.
      // Part of a listing is worse than none: clients take the record for everything that the commit holds.
      if (isWhole(snapshot)) await writeTreeRecord(layout, commit, snapshot.files);
    },
    publish: (file, from) =>
      publishFile(layout, from === undefined ? { commit, file } : { commit, file, from }, {
        symlinks,
      }),
    async publishTwin(file, path) {
      if (symlinks) return publishFile(layout, { commit, file }, { symlinks });
      const from = await cloneToTemp(path, partialPaths(layout, file.digest.hex).data);
      return publishFile(layout, { commit, file, from }, { symlinks });
    },
    keepProof: (file, beginnings) =>
      writeProofRecord(repoProofs(layout), file, beginnings).catch(() => undefined),
    keepSidecar: (file, sidecar) =>
      writeXetRecord(repoProofs(layout), file.digest.hex, sidecar).catch(() => undefined),
    async discard(file) {
      await rm(snapshotPath(layout, commit, file.path), { force: true });
      await rm(blobPath(layout, file.digest.hex), { force: true });
    },
    async abandon(emptyPartials) {
      await discardEmptyRepo(layout, emptyPartials);
    },
    async finish(selected, { withRef = true } = {}) {
      const { isVouched = true } = snapshot;
      const moves = withRef && (isVouched || (await readRef(layout, revision)) === undefined);
      await publishRef(layout, { revision: moves ? revision : commit, commit, files: selected });
    },
  };
}

/** A folder of plain files with the metadata of `--local-dir`. */
export function createLocalDirTarget(localDir: string, snapshot: Snapshot): Target {
  const { commit } = snapshot;
  return {
    path: localDir,
    root: localDir,
    async inspect(wanted, { signal, onVerify }) {
      const states = await inspectLocalFiles(localDir, commit, wanted);
      const unknown = wanted.filter(({ path }) => states.get(path) !== "present");
      const known = await recognizeLocalFiles(localDir, unknown, { signal, onFile: onVerify });
      return new Map([...states, ...[...known].map((path) => [path, "blob"] as const)]);
    },
    partialPaths: (file) => localPartialPaths(localDir, file.digest.hex),
    lockPath: (file) => localDirPaths(localDir, file.path).lock,
    async growing(file) {
      const { data, journal } = localPartialPaths(localDir, file.digest.hex);
      return [data, journal];
    },
    has: async (file) =>
      (await inspectLocalFiles(localDir, commit, [file])).get(file.path) === "present",
    async publishTwin(file, path) {
      const from = await cloneToTemp(path, localPartialPaths(localDir, file.digest.hex).data);
      return publishLocalFile(localDir, { commit, file, from });
    },
    guard: () => Promise.resolve(() => Promise.resolve()),
    async begin() {
      await prepareLocalDir(localDir);
      if (isWhole(snapshot)) await writeLocalTreeRecord(localDir, commit, snapshot.files);
    },
    publish: (file, from) => publishLocalFile(localDir, { commit, file, from }),
    keepProof: (file, beginnings) =>
      writeProofRecord(localProofs(localDir), file, beginnings).catch(() => undefined),
    // Nothing is copied from plain folders, which their owner may change.
    keepSidecar: () => Promise.resolve(),
    async discard(file) {
      const paths = localDirPaths(localDir, file.path);
      await rm(paths.metadata, { force: true });
      await rm(paths.file, { force: true });
    },
    abandon: () => Promise.resolve(),
    finish: () => Promise.resolve(),
  };
}

const hasBlob = (layout: RepoLayout, { digest, size }: SnapshotFile): Promise<boolean> =>
  stat(blobPath(layout, digest.hex)).then(
    (stats) => stats.isFile() && stats.size === size,
    () => false,
  );

const isWhole = ({ withheld = [], isVouched = true }: Snapshot): boolean =>
  withheld.length === 0 && isVouched;

/** A clone of `path` beside `partial`, free where the file system shares extents. */
async function cloneToTemp(path: string, partial: string): Promise<string> {
  const temp = `${partial}.${randomBytes(4).toString("hex")}.tmp`;
  await copyFile(path, temp, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  return temp;
}
