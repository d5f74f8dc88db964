import { downloadMany, type DownloadOutcome, type KnownSnapshot } from "@mlx-download/core";
import type { LockedModel } from "@mlx-download/registry";
import { byAlias } from "./by-alias.ts";
import {
  type FailedModel,
  installedModel,
  type InstalledModel,
  type InstallReport,
} from "./installed-model.ts";
import { knownSnapshot } from "./locked-model.ts";
import type { BringOptions } from "./project-options.ts";

/** The files of one commit that several aliases want. */
interface Want {
  readonly aliases: readonly string[];
  readonly snapshot: KnownSnapshot;
}

/**
 * Brings locked models here, all at once over one budget of connections. No Hub is asked for anything but bytes, and so
 * there is no review unless `requireFit` or `trust` want one. Aliases of one commit are one download of all their files.
 * Rejects only for a lock that must not be used, and when aborted.
 */
export async function bringLocked(
  locked: ReadonlyMap<string, LockedModel>,
  isOptional: (alias: string) => boolean,
  options: BringOptions,
): Promise<InstallReport> {
  const models: InstalledModel[] = [];
  const failed: FailedModel[] = [];
  for (const wave of wavesOf(wantsOf(locked))) {
    const snapshots = wave.map(({ snapshot }) => snapshot);
    const outcomes = await downloadMany(snapshots, { ...options, review: false });
    for (const [index, { aliases, snapshot }] of wave.entries()) {
      const outcome: DownloadOutcome | undefined = outcomes[index];
      for (const alias of aliases) {
        if (outcome?.ok) models.push(installedModel(alias, outcome.result));
        else if (outcome) {
          const { error } = outcome;
          const { repoId } = snapshot;
          failed.push({ alias, repoId, error, optional: isOptional(alias) });
        }
      }
    }
  }
  return { models: models.toSorted(byAlias), failed: failed.toSorted(byAlias) };
}

function wantsOf(locked: ReadonlyMap<string, LockedModel>): readonly Want[] {
  const wants = new Map<string, Want>();
  for (const [alias, model] of locked) {
    const snapshot = knownSnapshot(alias, model);
    const key = `${snapshot.repoId}@${snapshot.commit}`;
    const other = wants.get(key);
    const files = new Map(
      [...(other?.snapshot.files ?? []), ...snapshot.files].map((file) => [file.path, file]),
    );
    wants.set(key, {
      aliases: [...(other?.aliases ?? []), alias],
      snapshot: { ...snapshot, files: [...files.values()] },
    });
  }
  return [...wants.values()];
}

/** Two commits of one repo come after each other: they share blobs, and events are told apart by their repo. */
function wavesOf(wants: readonly Want[]): readonly (readonly Want[])[] {
  const waves: Want[][] = [];
  for (const want of wants) {
    const { repoId } = want.snapshot;
    const free = waves.find((wave) => wave.every((one) => one.snapshot.repoId !== repoId));
    if (free) free.push(want);
    else waves.push([want]);
  }
  return waves;
}
