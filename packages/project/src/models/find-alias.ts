import { join } from "node:path";
import type { KnownSnapshot } from "@mlx-download/core";
import { compareLock, LOCK_FILE } from "@mlx-download/registry";
import { findProject } from "../files/find-project.ts";
import { projectError } from "../files/project-error.ts";
import { readProject } from "../files/read-project.ts";
import { knownSnapshot } from "./locked-model.ts";

/** A locked model that was found by its alias. */
export interface FoundAlias {
  readonly alias: string;
  /** Of the project. Absolute. */
  readonly folder: string;
  readonly snapshot: KnownSnapshot;
}

/**
 * The locked model that an alias names in the nearest project from `folder` upwards. Undefined when no project has such an
 * alias. Only words without a slash are looked up, so that an alias never takes the place of a repo. Throws
 * `lock/out-of-date` when the alias is in the manifest and not locked so, `lock/tampered`, and the errors of `readProject`.
 */
export async function findAlias(alias: string, folder: string): Promise<FoundAlias | undefined> {
  if (!/^[A-Za-z0-9][\w.-]*$/.test(alias)) return undefined;
  const project = await findProject(folder);
  if (project === undefined) return undefined;
  const { manifest, lock } = await readProject(project);
  if (!manifest.models.has(alias)) return undefined;
  const locked = lock?.models.get(alias);
  const isStale = lock !== undefined && compareLock(manifest, lock).changed.includes(alias);
  if (locked === undefined || isStale) {
    throw projectError("lock/out-of-date", `${alias} is not locked as ${project} wants it`, {
      hint: `Run mlx-download install in ${project}, and commit ${join(project, LOCK_FILE)}.`,
      alias,
      folder: project,
    });
  }
  return { alias, folder: project, snapshot: knownSnapshot(alias, locked) };
}
