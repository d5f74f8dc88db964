import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { fsError } from "@mlx-download/cache/writing";
import { parseRepoRef } from "@mlx-download/core";
import {
  checkAlias,
  type Manifest,
  MANIFEST_FILE,
  type ManifestModel,
  type ModelPreset,
  parseNamedModel,
} from "@mlx-download/registry";
import { editProject } from "../files/edit-project.ts";
import { projectError } from "../files/project-error.ts";
import { bringWanted } from "./bring-wanted.ts";
import { byAlias } from "./by-alias.ts";
import type { InstallReport } from "./installed-model.ts";
import type { BringOptions } from "./project-options.ts";

/** A model that a project is to have. */
export interface AddedModel {
  /** `org/name`, `org/name@revision`, or another spelling that `parseRepoRef` reads. */
  readonly ref: string;
  /** Default: the repo's name without its organization. */
  readonly alias?: string | undefined;
}

/** Options of {@link addModels}. */
export interface AddOptions extends BringOptions {
  /** The wanted files, for all of the models. Default: all. */
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
  /** A named set of files, which `include` adds to. */
  readonly preset?: ModelPreset | undefined;
  /** Installing goes on without them. */
  readonly optional?: boolean | undefined;
}

/**
 * Downloads models and writes them into manifest and lock of the project in `folder`, which are made where there are none.
 * An alias that is there gets the new model. Those that could not be brought are not written. Throws `ref/*`,
 * `lock/alias-taken` when an alias that was not named belongs to another repo, and the errors of `readProject`.
 */
export async function addModels(
  folder: string,
  added: readonly AddedModel[],
  options: AddOptions = {},
): Promise<InstallReport> {
  const { include = [], exclude = [], preset, optional = false, ...bring } = options;
  const wanted = new Map<string, ManifestModel>();
  const named = new Set<string>();
  for (const { ref, alias } of added) {
    const { repoId, revision } = parseRepoRef(ref, bring);
    const whole = revision === undefined ? repoId : `${repoId}@${revision}`;
    parseNamedModel(whole);
    const name = checkAlias(alias ?? repoId.slice(repoId.indexOf("/") + 1));
    const twin = wanted.get(name);
    if (twin !== undefined && twin.ref !== whole) throw taken(name, twin.ref, whole);
    if (alias !== undefined) named.add(name);
    wanted.set(name, { ref: whole, include, exclude, preset, optional });
  }
  await mayWrite(folder);
  const check = (manifest: Manifest): void => refuseTaken(wanted, named, manifest);
  // Before the first byte, and again below, since another process may add models meanwhile.
  await editProject(folder, ({ manifest }) => (check(manifest), {}), bring);
  const { models, failed, locked } = await bringWanted(wanted, bring);
  if (locked.size > 0) {
    await editProject(
      folder,
      (now) => {
        check(now.manifest);
        const set = new Map([...wanted].filter(([alias]) => locked.has(alias)));
        return { set, locked: new Map([...now.locked, ...locked]) };
      },
      bring,
    );
  }
  return { models: models.toSorted(byAlias), failed: failed.toSorted(byAlias) };
}

/** Before gigabytes come that could not be written down. */
async function mayWrite(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
  } catch (error) {
    throw fsError(error, folder);
  }
}

function refuseTaken(
  wanted: ReadonlyMap<string, ManifestModel>,
  named: ReadonlySet<string>,
  { models }: Manifest,
): void {
  for (const [alias, { ref }] of wanted) {
    const other = [...models].find(([name]) => name.toLowerCase() === alias.toLowerCase());
    if (other === undefined) continue;
    const isSame = other[0] === alias && repoOf(other[1].ref) === repoOf(ref);
    if (!isSame && !(named.has(alias) && other[0] === alias))
      throw taken(other[0], other[1].ref, ref);
  }
}

const repoOf = (ref: string): string => parseNamedModel(ref).repoId;

function taken(alias: string, other: string, ref: string): Error {
  return projectError(
    "lock/alias-taken",
    `${alias} is the alias of ${other} in ${MANIFEST_FILE} already`,
    { hint: `Name another alias: mlx-download add another=${ref}`, alias, ref },
  );
}
