import type { RepoType } from "@mlx-download/cache";
import type { StoredRepo } from "./repo-store.ts";

/** The word for each kind of repo in the Hub's addresses. */
export const REPO_WORDS: Readonly<Record<RepoType, string>> = {
  model: "models",
  dataset: "datasets",
  space: "spaces",
  kernel: "kernels",
};

/** A repo outside the API: `org/name` of a model, `datasets/org/name`. */
export function addressOf(repo: Pick<StoredRepo, "repoId" | "repoType">): string {
  const kind = kindOf(repo);
  return kind === "model" ? repo.repoId : `${REPO_WORDS[kind]}/${repo.repoId}`;
}

/**
 * The kind that the first word of an address names. Undefined for other words, as in a model's
 * address.
 */
export function kindInAddress(word: string): RepoType | undefined {
  const kinds: readonly RepoType[] = ["dataset", "space", "kernel"];
  return kinds.find((kind) => REPO_WORDS[kind] === word);
}

/** The kind of a repo. The default is a model. */
export function kindOf({ repoType = "model" }: Pick<StoredRepo, "repoType">): RepoType {
  return repoType;
}
