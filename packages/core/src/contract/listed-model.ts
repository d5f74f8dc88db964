import type { WeightEstimate } from "@mlx-download/fit";

/** One model of a listing. Dates are ISO 8601 in UTC. */
export interface ListedModel {
  readonly repoId: string;
  /** Downloads in the last 30 days. */
  readonly downloads: number;
  readonly likes: number;
  readonly tags: readonly string[];
  readonly createdAt: string | undefined;
  readonly lastModified: string | undefined;
  /** Access has to be asked for: `auto` is granted at once, `manual` by the owner. */
  readonly gated: false | "auto" | "manual";
  readonly private: boolean;
  /** The commit of the main branch, where `counts` asked for it. */
  readonly commit?: string | undefined;
  readonly pipelineTag: string | undefined;
  readonly libraryName: string | undefined;
  /** Stored elements by dtype, where `counts` asked for them and the Hub has read the headers. */
  readonly tensorCounts?: Readonly<Record<string, number>>;
  /** The size of its weights, where the list has an estimate instead of counts. */
  readonly estimate?: WeightEstimate | undefined;
}

/** The order of a listing, always descending. */
export type ListSort = "downloads" | "likes" | "created" | "modified" | "trending";

/** The search criteria. */
export interface ModelQuery {
  /** Words in the repo's name. The server searches. */
  readonly search?: string | undefined;
  /** One organisation or user. */
  readonly author?: string | undefined;
  /** Tags that a model must all have. */
  readonly tags?: readonly string[] | undefined;
  readonly sort?: ListSort | undefined;
  /** Ask for the count of tensors by dtype and for the commit, too. */
  readonly counts?: boolean | undefined;
  /** The maximum number of models. Default: all, 500 a call. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}
