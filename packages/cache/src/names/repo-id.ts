import { CacheError } from "./errors.ts";

/** The kinds of repo that the Hub's cache knows. */
export type RepoType = "model" | "dataset" | "space" | "kernel";

const FOLDER_PREFIX: Readonly<Record<RepoType, string>> = {
  model: "models",
  dataset: "datasets",
  space: "spaces",
  kernel: "kernels",
};
/** Every kind, models first. */
export const REPO_TYPES: readonly RepoType[] = ["model", "dataset", "space", "kernel"];
const PART = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,94}[A-Za-z0-9_])?$/;

/**
 * Returns the id when it is `name` or `namespace/name` by the Hub's rules (as huggingface_hub's `validate_repo_id`
 * checks them), else throws `cache/invalid-repo-id`. The case is kept: the folder name follows it.
 */
export function checkRepoId(id: string): string {
  if (isRepoId(id)) return id;
  throw new CacheError(`${JSON.stringify(id)} is not a repo id`, "cache/invalid-repo-id", {
    hint: "Use name or namespace/name: letters, digits, - _ . inside, each at most 96 characters, no -- or .. and no .git at the end.",
    data: { repoId: id },
  });
}

/** The folder of a repo in the cache: `models--org--name`. Throws `cache/invalid-repo-id`. */
export function repoFolderName(repoId: string, repoType: RepoType = "model"): string {
  if (!Object.hasOwn(FOLDER_PREFIX, repoType)) {
    throw new CacheError(
      `${JSON.stringify(repoType)} is not a repo type`,
      "cache/invalid-repo-id",
      { hint: "Use model, dataset, space or kernel.", data: { repoId, repoType } },
    );
  }
  return `${FOLDER_PREFIX[repoType]}--${checkRepoId(repoId).replace("/", "--")}`;
}

/** The inverse of `repoFolderName`. Undefined when no valid repo has this folder name. */
export function parseRepoFolderName(
  folder: string,
): { repoId: string; repoType: RepoType } | undefined {
  const [prefix, ...parts] = folder.split("--");
  const repoId = parts.join("/");
  const repoType = REPO_TYPES.find((type) => FOLDER_PREFIX[type] === prefix);
  return repoType && !folder.includes("/") && isRepoId(repoId) ? { repoId, repoType } : undefined;
}

function isRepoId(id: string): boolean {
  const parts = id.split("/");
  return (
    parts.length <= 2 &&
    parts.every((part) => PART.test(part)) &&
    !/--|\.\./.test(id) &&
    !id.endsWith(".git")
  );
}
