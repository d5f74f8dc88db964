import { realpath } from "node:fs/promises";
import {
  compareLock,
  type LockedModel,
  type ManifestModel,
  requireLocked,
} from "@mlx-download/registry";
import { editProject } from "../files/edit-project.ts";
import { noteProject } from "../files/known-projects.ts";
import { projectError } from "../files/project-error.ts";
import { type Project, readProject } from "../files/read-project.ts";
import { bringLocked } from "./bring-locked.ts";
import { bringWanted } from "./bring-wanted.ts";
import { byAlias } from "./by-alias.ts";
import type { InstallReport } from "./installed-model.ts";
import type { BringOptions } from "./project-options.ts";
import { requireAliases } from "./require-aliases.ts";

/** Options of {@link installModels}. */
export interface InstallOptions extends BringOptions {
  /**
   * The lock decides alone: it must be that of the manifest, is not written, and no Hub is asked for the commit of a revision.
   * Default false: models of the manifest that the lock lacks are looked up and added.
   */
  readonly frozen?: boolean | undefined;
  /** Only these models. Default: all. */
  readonly aliases?: readonly string[] | undefined;
}

/**
 * Brings the models of a project here, those in the lock by commit and digest, whatever their branches mean now. Bytes come
 * from the cache, any endpoint that has them, or another snapshot with the same files, and are verified against the lock.
 * Continues an earlier unfinished run. A failure of one model does not stop the others. Throws the errors of `readProject`,
 * `lock/unknown-alias`, `lock/tampered`, with `frozen` `lock/no-lock` and `lock/out-of-date`, and the signal's reason when
 * aborted.
 */
export async function installModels(
  folder: string,
  options: InstallOptions = {},
): Promise<InstallReport> {
  const { frozen = false, aliases, ...bring } = options;
  const project = await readProject(folder);
  const { manifest } = project;
  if (aliases) requireAliases(aliases, manifest);
  const isChosen = (alias: string): boolean => aliases?.includes(alias) ?? true;
  const isOptional = (alias: string): boolean => manifest.models.get(alias)?.optional ?? false;
  const locked = lockedToInstall(project, frozen);
  const chosen = new Map([...locked].filter(([alias]) => isChosen(alias)));
  // First: a lock that must not be used ends it before anything is written.
  const brought = await bringLocked(chosen, isOptional, bring);
  if (frozen) {
    await noteProject(await realpath(folder), bring.env ?? process.env);
    return brought;
  }
  const lacking = new Map<string, ManifestModel>(
    [...manifest.models].filter(([alias]) => isChosen(alias) && !locked.has(alias)),
  );
  const added = await bringWanted(lacking, bring);
  await writeLock(folder, added.locked, bring);
  return {
    models: [...brought.models, ...added.models].toSorted(byAlias),
    failed: [...brought.failed, ...added.failed].toSorted(byAlias),
  };
}

/** The entries of the lock that are installed: all of them, or those that agree with the manifest. */
export const lockedToInstall = (
  project: Project,
  frozen: boolean,
): ReadonlyMap<string, LockedModel> => (frozen ? frozenModels(project) : agreedModels(project));

function frozenModels({ folder, manifest, lock }: Project): ReadonlyMap<string, LockedModel> {
  if (lock === undefined) {
    throw projectError("lock/no-lock", `There is no lock in ${folder}`, {
      hint: "Run mlx-download install without the option `frozen`, look at the lock, and commit both files.",
      folder,
    });
  }
  requireLocked(manifest, lock);
  return lock.models;
}

/** The entries of the lock that agree with the manifest. */
function agreedModels({ manifest, lock }: Project): ReadonlyMap<string, LockedModel> {
  if (lock === undefined) return new Map();
  const { extra, changed } = compareLock(manifest, lock);
  const other = new Set([...extra, ...changed]);
  return new Map([...lock.models].filter(([alias]) => !other.has(alias)));
}

/** Adds entries to the lock, and takes out those of models that the manifest no longer wants. */
async function writeLock(
  folder: string,
  added: ReadonlyMap<string, LockedModel>,
  options: BringOptions,
): Promise<void> {
  await editProject(
    folder,
    ({ manifest, locked }) => {
      const { extra } = compareLock(manifest, { models: locked });
      if (added.size === 0 && extra.length === 0) return {};
      const after = new Map(locked);
      for (const [alias, model] of added) if (manifest.models.has(alias)) after.set(alias, model);
      for (const alias of extra) after.delete(alias);
      return { locked: after };
    },
    options,
  );
}
