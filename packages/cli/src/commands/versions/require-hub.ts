import type { SnapshotLook } from "@mlx-download/core";

/** Throws `hub/unreachable` where the cache answered for a Hub that is away: what is newer cannot be known then. */
export async function requireHub({ repoId, from }: SnapshotLook): Promise<void> {
  if (from === "hub") return;
  const { ModelDownloadError } = await import("@mlx-download/core");
  throw new ModelDownloadError(
    `The Hub cannot be reached, so what it has of ${repoId} is not known`,
    "hub/unreachable",
    { hint: "Check the network, then run the same command again.", repoId },
  );
}
