import type { SnapshotLook } from "@mlx-download/core";

/**
 * Throws `hub/unreachable` when the cache answered for an unreachable Hub: the newest version is
 * unknown then.
 */
export async function requireHub({ repoId, from }: SnapshotLook): Promise<void> {
  if (from === "hub") return;
  const { ModelDownloadError } = await import("@mlx-download/core");
  throw new ModelDownloadError(
    `The Hub cannot be reached, so its version of ${repoId} is not known`,
    "hub/unreachable",
    { hint: "Check the network, then run the same command again.", repoId },
  );
}
