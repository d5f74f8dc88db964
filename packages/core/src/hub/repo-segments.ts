import { checkRepoId, type RepoType } from "@mlx-download/cache";

/** A repo of some kind. The default is a model. */
export interface TypedRepo {
  readonly repoId: string;
  readonly repoType?: RepoType | undefined;
}

/** A repo at a commit. */
export interface CommitRef extends TypedRepo {
  readonly commit: string;
}

/** The segments of a repo's address on the API: `api/models/org/name`, `api/datasets/org/name`. */
export function apiSegments({ repoId, repoType = "model" }: TypedRepo): readonly string[] {
  return ["api", `${repoType}s`, ...repoId.split("/")];
}

/** The segments of a repo's address outside the API: `org/name`, `datasets/org/name`. */
export function repoSegments({ repoId, repoType = "model" }: TypedRepo): readonly string[] {
  return [...(repoType === "model" ? [] : [`${repoType}s`]), ...repoId.split("/")];
}

/** Whether a text from outside is the id of a repo. */
export function isRepoId(text: string): boolean {
  try {
    checkRepoId(text);
    return true;
  } catch {
    return false;
  }
}
