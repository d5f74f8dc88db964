import { readTreeRecord, type RepoLayout, type SnapshotFile } from "@mlx-download/cache";
import { lfsPointerId, listSnapshot } from "@mlx-download/cache/writing";
import type { TreeListing } from "../hub/list-tree.ts";

/**
 * Restores digests that a Hub withholds where the cache has them: from the commit's recorded listing, the names of its
 * blobs, or `also`. A digest is accepted only if it makes the pointer whose git id the Hub does tell, so that the
 * restored digest is as good as the Hub's own. Digests that the cache lacks stay withheld.
 */
export async function unmaskTree(
  tree: TreeListing,
  { layout, commit }: { readonly layout: RepoLayout; readonly commit: string },
  also: readonly SnapshotFile[] = [],
): Promise<TreeListing> {
  if (tree.withheld.length === 0) return tree;
  const [recorded = [], inSnapshot] = await Promise.all([
    readTreeRecord(layout, commit),
    listSnapshot(layout, commit),
  ]);
  const known = new Map<string, SnapshotFile[]>();
  for (const file of [...recorded, ...inSnapshot, ...also]) {
    if (file.digest.algorithm === "sha256")
      known.set(file.path, [...(known.get(file.path) ?? []), file]);
  }
  const files = [...tree.files];
  const withheld: TreeListing["withheld"][number][] = [];
  for (const file of tree.withheld) {
    const { path, size, blobId } = file;
    const match = known.get(path)?.find(({ digest }) => lfsPointerId(digest.hex, size) === blobId);
    if (match === undefined || blobId === undefined) withheld.push(file);
    else files.push({ path, size, digest: match.digest, blobId });
  }
  return { files, withheld };
}
