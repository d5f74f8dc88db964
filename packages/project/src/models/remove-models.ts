import type { LockedModel } from "@mlx-download/registry";
import { editProject } from "../files/edit-project.ts";
import { readProject } from "../files/read-project.ts";
import { requireAliases } from "./require-aliases.ts";

/**
 * Takes models out of manifest and lock of a project. Their files stay in the cache, which other projects may use. Resolves
 * with the entries that the lock had. Throws `lock/no-manifest`, `lock/unknown-alias`, and the errors of `readProject`.
 */
export async function removeModels(
  folder: string,
  aliases: readonly string[],
  options: {
    readonly env?: NodeJS.ProcessEnv | undefined;
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<ReadonlyMap<string, LockedModel>> {
  // Without a manifest there is nothing to remove, and no lock to take.
  await readProject(folder);
  const removed = new Map<string, LockedModel>();
  await editProject(
    folder,
    ({ manifest, locked }) => {
      requireAliases(aliases, manifest);
      const after = new Map(locked);
      for (const alias of aliases) {
        const model = locked.get(alias);
        if (model) removed.set(alias, model);
        after.delete(alias);
      }
      return { remove: aliases, locked: after };
    },
    options,
  );
  return removed;
}
