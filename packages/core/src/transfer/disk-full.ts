import { CacheError } from "@mlx-download/cache";
import { errnoOf } from "@mlx-download/cache/writing";
import { diskFree, hasNoInodes } from "./disk/disk-free.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { PlannedBlob } from "./plan.ts";
import { readJournal } from "./disk/journal.ts";
import { createRangeSet } from "./disk/ranges.ts";
import type { TransferContext } from "./transfer-context.ts";

/** Does an error say that the disk, or this user's share of it, is full? */
export function isDiskFull(error: unknown): boolean {
  if (error instanceof CacheError) return error.code === "cache/disk-full";
  return ["ENOSPC", "EDQUOT"].includes(errnoOf(error) ?? "");
}

/** The error of a transfer that the disk stopped: how much the unfinished `blobs` still need, and how much is free. */
export async function diskFullError(
  cause: unknown,
  blobs: readonly PlannedBlob[],
  { repoId, target }: Pick<TransferContext, "repoId" | "target">,
): Promise<ModelDownloadError> {
  const missing = await Promise.all(
    blobs.map(async ({ files: [file], size }) => {
      const { journal } = target.partialPaths(file);
      const here = await readJournal(journal, file.digest, size).catch(() => []);
      return size - createRangeSet(here).covered;
    }),
  );
  const missingBytes = missing.reduce((sum, bytes) => sum + bytes, 0);
  const freeBytes = await diskFree(target.root);
  // A quota leaves others' space in sight.
  const toFree = Math.max(0, missingBytes - (freeBytes ?? 0));
  const noFiles =
    freeBytes !== null && freeBytes > missingBytes && (await hasNoInodes(target.root));
  if (noFiles) {
    return new ModelDownloadError(
      `the file system of ${target.root} has space left, but can hold no more files (no inodes are left)`,
      "disk/full",
      {
        hint: "Remove files that are not needed there, or name a folder on another disk with the option `cacheDir`. The bytes received so far are kept.",
        repoId,
        data: { path: target.root, missingBytes, freeBytes },
        cause,
      },
    );
  }
  const amount = toFree === 0 ? "some space" : `at least ${megabytes(toFree)}`;
  return new ModelDownloadError(
    `the disk is full: ${repoId} still needs ${megabytes(missingBytes)}${freeBytes === null ? "" : `, ${megabytes(freeBytes)} are free`}`,
    "disk/full",
    {
      hint: `Free ${amount} and run the same command again. The bytes received so far are kept.`,
      repoId,
      data: { path: target.root, missingBytes, freeBytes },
      cause,
    },
  );
}

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;
