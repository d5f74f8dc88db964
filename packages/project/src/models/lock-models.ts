import { compareLock, type LockedModel, type ModelLock } from "@mlx-download/registry";
import { editProject } from "../files/edit-project.ts";
import { readProject } from "../files/read-project.ts";
import { identifyWanted } from "./identify-wanted.ts";
import type { AskOptions } from "./project-options.ts";

/** The changes of a lock. Aliases, sorted. */
export interface LockReport {
  readonly lock: ModelLock;
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/**
 * Makes the lock of a project agree with its manifest, without fetching weights: models that it lacks are looked up, those
 * that are not wanted go, and all others stay at their commits. The first failure ends it, and nothing is written. Throws
 * the errors of `readProject` and `identifyModel`.
 */
export async function lockModels(folder: string, options: AskOptions = {}): Promise<LockReport> {
  const { manifest, lock } = await readProject(folder);
  const { missing, changed, extra } = compareLock(manifest, lock ?? { models: new Map() });
  const stale = new Set([...missing, ...changed]);
  const wanted = new Map([...manifest.models].filter(([alias]) => stale.has(alias)));
  const found = new Map<string, LockedModel>();
  for (const one of await identifyWanted(wanted, options)) {
    if ("error" in one) throw one.error;
    found.set(one.alias, one.locked);
  }
  let models: ReadonlyMap<string, LockedModel> = new Map();
  await editProject(
    folder,
    (now) => {
      const gone = compareLock(now.manifest, { models: now.locked }).extra;
      const after = new Map(now.locked);
      for (const alias of gone) after.delete(alias);
      for (const [alias, model] of found)
        if (now.manifest.models.has(alias)) after.set(alias, model);
      models = after;
      return { locked: after };
    },
    options,
  );
  return { lock: { models }, added: missing, changed, removed: extra };
}
