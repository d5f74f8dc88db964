import { lstat, unlink } from "node:fs/promises";
import { basename, dirname, sep } from "node:path";
import { type BadFile, parseDigest, type RepoLayout, snapshotPath } from "@mlx-download/cache";
import {
  localDirPaths,
  localPartialPaths,
  localProofs,
  localQuarantine,
  lockPath,
  partialPaths,
  type ProofFolder,
  quarantine,
  readProofRecord,
  repoProofs,
  repoQuarantine,
  tryLock,
} from "@mlx-download/cache/writing";
import { ModelDownloadError } from "../contract/errors.ts";
import { seedPartial } from "./seed-partial.ts";

/** A repo in the cache, or a local dir, as a repair needs to know it. */
export interface RepairTarget {
  readonly quarantine: ProofFolder;
  readonly proofs: ProofFolder;
  partial(hex: string): { readonly data: string; readonly journal: string };
  lock(file: BadFile, hex: string): string;
  /**
   * The part to remove, so that the file counts as absent: its blob, or its entry where the blob belongs to another
   * entry.
   */
  holder(file: BadFile, hex: string): string;
}

/** A repo in the cache. */
export function cachePlace(layout: RepoLayout): RepairTarget {
  return {
    quarantine: repoQuarantine(layout),
    proofs: repoProofs(layout),
    partial: (hex) => partialPaths(layout, hex),
    lock: (_file, hex) => lockPath(layout, hex),
    holder({ blob, commit, path }, hex) {
      // An entry that leads to a wrong blob is wrong itself. That blob may be right for others.
      const named = dirname(blob) !== layout.blobsDir || basename(blob) === hex;
      const own = named && blob.startsWith(layout.repoDir + sep);
      return own ? blob : snapshotPath(layout, commit, path);
    },
  };
}

/** A local dir. */
export function localPlace(localDir: string): RepairTarget {
  return {
    quarantine: localQuarantine(localDir),
    proofs: localProofs(localDir),
    partial: (hex) => localPartialPaths(localDir, hex),
    lock: ({ path }) => localDirPaths(localDir, path).lock,
    holder: ({ blob }) => blob,
  };
}

/** The outcome for a damaged file. */
export interface SetAside {
  /** The place of the damaged data now. Null where it was a link, or there was room for one copy only. */
  readonly quarantined: string | null;
  /**
   * `segments`: only the damaged parts are fetched. `file`: all of it, since no record locates the damage. `entry`: it
   * was removed already.
   */
  readonly how: "segments" | "file" | "entry";
}

/**
 * Takes a bad file out of its place: the data to quarantine, of a link only the link. Where a proof record locates the
 * damage, the good parts become an unfinished download. Throws `cache/locked` while another process writes the file.
 */
export async function setAside(file: BadFile, place: RepairTarget): Promise<SetAside> {
  const digest = parseDigest(file.expected);
  const lock = await tryLock(place.lock(file, digest.hex));
  if (lock === undefined) {
    throw new ModelDownloadError(
      `${file.path} is being written by another process`,
      "cache/locked",
      {
        hint: "Wait for the other download of this file to end, or stop it, and run again.",
        repoId: file.repoId,
        data: { path: file.path },
      },
    );
  }
  try {
    const blob = { digest, size: file.expectedSize ?? file.size };
    const holder = place.holder(file, digest.hex);
    const known =
      file.reason === "unreadable" ? undefined : await readProofRecord(place.proofs, blob);
    const how = known === undefined ? "file" : "segments";
    const stats = await lstat(holder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    // Another repair set it aside since it was found, and fetches it: the download to come waits for that one.
    if (stats === undefined) return { quarantined: null, how: "entry" };
    const isLink = stats.isSymbolicLink();
    const aside = isLink ? undefined : await quarantine(place.quarantine, holder);
    let kept = !isLink;
    if (known !== undefined) {
      const { damage } = file;
      const damaged = { path: aside ?? file.blob, record: known, movable: !isLink, damage };
      const stays = await seedPartial(blob, damaged, place.partial(digest.hex));
      kept &&= stays;
    }
    // Only the link is removed, because its target belongs to the shared store or to another entry.
    if (isLink) await unlink(holder);
    return { quarantined: kept ? (aside ?? null) : null, how };
  } finally {
    await lock.release();
  }
}
