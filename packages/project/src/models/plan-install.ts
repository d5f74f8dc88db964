import { type DownloadPlan, planModel } from "@mlx-download/core";
import { type ManifestModel, parseNamedModel } from "@mlx-download/registry";
import { readProject } from "../files/read-project.ts";
import { byAlias } from "./by-alias.ts";
import { lockedToInstall, type InstallOptions } from "./install-models.ts";
import { type FailedModel, isOfOneModel } from "./installed-model.ts";
import { knownSnapshot, patterns } from "./locked-model.ts";
import { requireAliases } from "./require-aliases.ts";

/** What installing one model of a project would do. */
export interface PlannedInstall {
  readonly alias: string;
  /** The lock has its commit. False: it would be looked up now, and locked. */
  readonly locked: boolean;
  readonly plan: DownloadPlan;
}

/** The plans of the chosen models, by alias, and those that cannot be brought as it is now. */
export interface InstallPlan {
  readonly models: readonly PlannedInstall[];
  readonly failed: readonly FailedModel[];
}

/**
 * The plan of an installation, without running it: nothing is written, and the lock stays as it is. Throws as
 * `installModels` does.
 */
export async function planInstall(
  folder: string,
  options: InstallOptions = {},
): Promise<InstallPlan> {
  const { frozen = false, aliases, ...bring } = options;
  const project = await readProject(folder);
  const { manifest } = project;
  if (aliases) requireAliases(aliases, manifest);
  const locked = lockedToInstall(project, frozen);
  const models: PlannedInstall[] = [];
  const failed: FailedModel[] = [];
  const plan = async (alias: string, wanted: ManifestModel): Promise<PlannedInstall> => {
    const known = locked.get(alias);
    // As the download of a locked model: no Hub is asked about it.
    if (known) {
      const snapshot = knownSnapshot(alias, known);
      return { alias, locked: true, plan: await planModel(snapshot, { ...bring, review: false }) };
    }
    const { repoId, revision = "main" } = parseNamedModel(wanted.ref);
    const ref = { repoId, revision };
    return { alias, locked: false, plan: await planModel(ref, { ...bring, ...patterns(wanted) }) };
  };
  for (const [alias, wanted] of manifest.models) {
    if (aliases && !aliases.includes(alias)) continue;
    try {
      models.push(await plan(alias, wanted));
    } catch (error) {
      bring.signal?.throwIfAborted();
      if (!isOfOneModel(error) || error.code === "lock/tampered") throw error;
      const { repoId } = parseNamedModel(wanted.ref);
      failed.push({ alias, repoId, error, optional: wanted.optional });
    }
  }
  return { models: models.toSorted(byAlias), failed: failed.toSorted(byAlias) };
}
