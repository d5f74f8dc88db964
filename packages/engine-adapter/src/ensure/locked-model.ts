import type { KnownSnapshot } from "@mlx-download/core";
import { EngineAdapterError } from "../contract/errors.ts";
import type { EnsureOptions } from "../contract/options.ts";

/**
 * The locked model that a ref means: an alias of the nearest project, from the folder of the process or `project` upwards.
 * Only a word without a slash can be one, and no project means no alias, so that `org/name` never costs a look. Undefined
 * for any other ref. Throws the `lock/…` errors for an alias that is not locked as its manifest wants it, and
 * `engine/invalid-input` for options that contradict a lock.
 */
export async function findLocked(
  ref: string,
  options: EnsureOptions,
): Promise<KnownSnapshot | undefined> {
  const { project = process.cwd(), revision, include, exclude, preset } = options;
  if (project === false || !/^[A-Za-z0-9][\w.-]*$/.test(ref)) return undefined;
  const { findAlias } = await import("@mlx-download/project");
  const found = await findAlias(ref, project);
  if (found === undefined) return undefined;
  const [other] = Object.entries({ revision, include, exclude, preset }).find(
    ([, value]) => value !== undefined,
  ) ?? [undefined];
  if (other === undefined) return found.snapshot;
  throw new EngineAdapterError(
    `${ref} is locked in ${found.folder}, and ${other} asks for something else`,
    "engine/invalid-input",
    {
      hint: `Leave out ${other}, or name the model itself: ${found.snapshot.repoId}.`,
      data: { model: ref, folder: found.folder },
    },
  );
}
