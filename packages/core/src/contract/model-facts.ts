import type { ModelDescription } from "@mlx-download/fit";

/** A description that is remembered, and the version that made it. */
export interface RememberedModel {
  /** `DESCRIBED_BY` of the fit package that made it. Another one's is not believed. */
  readonly by: string;
  readonly description: ModelDescription;
}

/**
 * Descriptions of models by commit, kept from one run to the next: the content of a commit never changes, so that a listing is
 * judged again without a request for each model. A store that fails is one that knows nothing.
 */
export interface ModelFacts {
  read(repoId: string, commit: string): RememberedModel | undefined;
  write(repoId: string, commit: string, model: RememberedModel): void;
}
