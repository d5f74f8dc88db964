import { isCommit } from "@mlx-download/cache";
import { type LockedModel, parseNamedModel, requireLocked } from "@mlx-download/registry";
import { editProject } from "../files/edit-project.ts";
import { readProject } from "../files/read-project.ts";
import { projectError } from "../files/project-error.ts";
import { identifyWanted } from "./identify-wanted.ts";
import { isSameLock } from "./locked-model.ts";
import type { AskOptions } from "./project-options.ts";
import { requireAliases } from "./require-aliases.ts";

/** Options of {@link updateLock}. */
export interface UpdateLockOptions extends AskOptions {
  /** The models to look at. Default: all whose manifest names no commit. */
  readonly aliases?: readonly string[] | undefined;
  /** Look only, write nothing. */
  readonly dryRun?: boolean | undefined;
  /** Commits to lock, by alias, where the caller has looked them up. Default: the current one of the revision. */
  readonly commits?: ReadonlyMap<string, string> | undefined;
}

/** A locked model whose revision has moved on. */
export interface MovedModel {
  readonly alias: string;
  readonly repoId: string;
  readonly revision: string;
  /** Commits. */
  readonly from: string;
  readonly to: string;
  /** The lock's entries before and after. */
  readonly before: LockedModel;
  readonly after: LockedModel;
}

/** Which models have moved, by alias, and which could not be looked up. */
export interface UpdateLockReport {
  readonly moved: readonly MovedModel[];
  readonly failed: readonly { readonly alias: string; readonly error: Error }[];
}

/**
 * Moves locked models to the current commits of their revisions, the only way in which a commit in a lock changes. Fetches no
 * weights and moves no ref. Call it when the new version is here, or install afterwards. An entry that another process
 * changed meanwhile stays as that left it. Throws `lock/no-manifest`, `lock/no-lock`, `lock/out-of-date`,
 * `lock/unknown-alias`, and the errors of `readProject`.
 */
export async function updateLock(
  folder: string,
  options: UpdateLockOptions = {},
): Promise<UpdateLockReport> {
  const { aliases, dryRun = false, commits, ...ask } = options;
  const { manifest, lock } = await readProject(folder);
  if (lock === undefined) {
    throw projectError("lock/no-lock", `There is no lock in ${folder}`, {
      hint: "mlx-download install makes one.",
      folder,
    });
  }
  requireLocked(manifest, lock);
  if (aliases) requireAliases(aliases, manifest);
  const chosen = [...manifest.models].filter(([alias, { ref }]) =>
    aliases ? aliases.includes(alias) : !isCommit(parseNamedModel(ref).revision ?? "main"),
  );
  const found = await identifyWanted(new Map(chosen), ask, commits);
  const moved = found.flatMap((one): MovedModel[] => {
    const before = lock.models.get(one.alias);
    if ("error" in one || before === undefined || isSameLock(before, one.locked)) return [];
    const { alias, locked: after } = one;
    const { repoId } = after;
    const { revision = "main" } = parseNamedModel(after.requested);
    return [{ alias, repoId, revision, from: before.commit, to: after.commit, before, after }];
  });
  if (!dryRun && moved.length > 0) {
    await editProject(
      folder,
      ({ locked }) => {
        const after = new Map(locked);
        for (const one of moved) {
          const now = locked.get(one.alias);
          if (now && isSameLock(now, one.before)) after.set(one.alias, one.after);
        }
        return { locked: after };
      },
      ask,
    );
  }
  const failed = found.flatMap((one) =>
    "error" in one ? [{ alias: one.alias, error: one.error }] : [],
  );
  return { moved, failed };
}
