/** One page of the Hub's model list, of models with the tag `mlx`, always in descending order. */
export interface ListingRequest {
  readonly sort: "lastModified" | "downloads" | "trendingScore";
  /** Models a page. */
  readonly limit: number;
  /** The `next` of the page before. Absent: the first page. */
  readonly next?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The requests that the Hub still allows in this window of time. */
export interface RateBudget {
  readonly remaining: number;
  readonly quota: number;
  /** Until the window ends, in ms. */
  readonly resetMs: number;
}

/** A page. `cursor-refused` when the Hub does not accept `next` any more. */
export type ListingAnswer =
  | {
      /** As the Hub gives them, with the fields of `LISTED_FIELDS`. They are checked here. */
      readonly items: readonly unknown[];
      readonly next?: string | undefined;
      readonly budget?: RateBudget | undefined;
    }
  | "cursor-refused";

/** The Hub as a synchronisation needs it. Errors that it throws end the synchronisation, which goes on the next time. */
export interface CatalogueHub {
  readonly endpoint: string;
  listModels(request: ListingRequest): Promise<ListingAnswer>;
  /** One model as the Hub gives it, under its present name. Undefined when there is none (any more). */
  findModel(
    repoId: string,
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<unknown>;
}
