import {
  readTreeRecord,
  type RepoLayout,
  scanSnapshot,
  type SnapshotFile,
} from "@mlx-download/cache";
import type { SelectionOptions } from "../contract/options.ts";
import { findStored } from "../request/stored-snapshot.ts";
import { createSelector } from "../select/select.ts";

/**
 * The selection by which a newer version gets the files that this one has here: those of a plain download where it has
 * them all, and every further file that is here. Of a version that is here in part, only the files with the same paths.
 */
export async function selectionLike(
  layout: RepoLayout,
  commit: string,
  newer: readonly SnapshotFile[],
): Promise<SelectionOptions> {
  const here = await pathsHere(layout, commit);
  const stored = await findStored({ layout, revision: commit, selection: {} });
  const plain = new Set(stored.state === "here" ? createSelector()(newer) : []);
  const wanted = newer.filter((file) => plain.has(file) || here.has(file.path));
  if (plain.size > 0 && wanted.length === plain.size) return {};
  return { include: wanted.map(({ path }) => literal(path)) };
}

/** The paths of a snapshot whose content is here and, where a listing tells, has the right length. */
export async function pathsHere(layout: RepoLayout, commit: string): Promise<ReadonlySet<string>> {
  const { entries } = scanSnapshot(layout, commit);
  const listing = await readTreeRecord(layout, commit);
  if (listing === undefined) return new Set(entries.map(({ path }) => path));
  const sizes = new Map(listing.map(({ path, size }) => [path, size]));
  return new Set(
    entries.filter(({ path, stats }) => sizes.get(path) === stats.size).map(({ path }) => path),
  );
}

/** A pattern that matches this path alone. */
const literal = (path: string): string => path.replaceAll(/[[*?]/g, "[$&]");
