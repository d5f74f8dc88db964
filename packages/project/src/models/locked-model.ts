import {
  createSelector,
  type IdentifiedModel,
  type KnownSnapshot,
  selectFiles,
  type SelectionOptions,
} from "@mlx-download/core";
import {
  filesDigest,
  formatLock,
  LOCK_FILE,
  type LockedFile,
  type LockedModel,
  type ManifestModel,
  parseLock,
  parseNamedModel,
} from "@mlx-download/registry";
import { projectError } from "../files/project-error.ts";

/**
 * The lock's entry of a model that was identified for an entry of the manifest. Throws `lock/invalid` for names that not
 * every system can hold.
 */
export function lockedModel(
  { repoId, commit, files, modelType, quantization, repo }: IdentifiedModel,
  wanted: ManifestModel,
): LockedModel {
  const locked = new Map(
    files.map(({ path, size, sha256, gitSha1 }): [string, LockedFile] => [
      path,
      { size, sha256, gitSha1 },
    ]),
  );
  const model: LockedModel = {
    repoId,
    repoObjectId: repo.objectId,
    requested: wanted.ref,
    commit,
    resolvedAt: new Date().toISOString(),
    license: repo.license,
    gated: repo.gated,
    selection: { include: wanted.include, exclude: wanted.exclude, preset: wanted.preset },
    loads: { modelType, quantization },
    digest: filesDigest(locked),
    files: locked,
  };
  requireReadable(model);
  return model;
}

/** A lock is read on other systems, which cannot hold every name. Throws `lock/invalid`. */
function requireReadable(model: LockedModel): void {
  try {
    parseLock(formatLock({ models: new Map([["model", model]]) }));
  } catch (error) {
    const problem = error instanceof Error ? error.message.replace(/^.*?by hand: /, "") : "";
    throw projectError("lock/invalid", `${model.repoId} cannot be locked: ${problem}`, {
      hint: "Not every system can hold such a name. Leave the file out with the option `exclude`.",
      file: LOCK_FILE,
      repoId: model.repoId,
    });
  }
}

/**
 * A locked model as a download takes it. Throws `lock/tampered` when the lock lists a file that its own selection leaves
 * out, or is about another repo than it says was asked for.
 */
export function knownSnapshot(alias: string, model: LockedModel): KnownSnapshot {
  const { repoId, commit, requested, selection, files } = model;
  const named = parseNamedModel(requested);
  if (named.repoId !== repoId) {
    throw tampered(alias, `it is locked as ${repoId}, and ${named.repoId} was asked for`);
  }
  const listed = [...files].map(([path, file]) => ({ path, ...file }));
  const { include, preset } = patterns(selection);
  // A preset may take other files in another version of this program. The lock's own list decides.
  const isOpen = include === undefined || preset !== undefined;
  const selected = new Set(isOpen ? listed : selectFiles({ include }, listed));
  // An exclusion matches nothing here, so that no other reading of it may be tried.
  const excluded = new Set(createSelector({ include: selection.exclude })(listed));
  const other = listed.find((file) => !selected.has(file) || excluded.has(file));
  if (other !== undefined) throw tampered(alias, `${other.path} is not of its selection`);
  return { repoId, commit, revision: named.revision ?? "main", files: listed };
}

/** Patterns as a download takes them: none at all is all files. */
export function patterns({ include, exclude, preset }: LockedModel["selection"]): SelectionOptions {
  return {
    include: include.length > 0 ? include : undefined,
    exclude: exclude.length > 0 ? exclude : undefined,
    preset,
  };
}

/** Whether two entries lock the same bytes of the same commit for the same request. Facts for people do not count. */
export function isSameLock(a: LockedModel, b: LockedModel): boolean {
  const key = ({ repoId, requested, commit, selection, digest }: LockedModel): string =>
    JSON.stringify([
      repoId,
      requested,
      commit,
      selection.include,
      selection.exclude,
      selection.preset,
      digest,
    ]);
  return key(a) === key(b);
}

function tampered(alias: string, problem: string): Error {
  return projectError("lock/tampered", `${LOCK_FILE}: ${alias} was changed by hand: ${problem}`, {
    hint: "Take the lock from your repository again. Nothing of it is installed.",
    file: LOCK_FILE,
    alias,
  });
}
