import type { ListedModel, ListSort } from "../contract/listed-model.ts";
import { listModels, type ListModelsOptions } from "./list-models.ts";

const MOST_LISTED = 1000;

/** What `listMLXModels` takes: the ancestor's four names, and where else to look. */
export interface ListOptions extends Pick<
  ListModelsOptions,
  "endpoint" | "token" | "tokenSource" | "env" | "signal" | "onEvent" | "fetch" | "backend"
> {
  /** Words in the repo's name. The server searches. */
  readonly filter?: string | undefined;
  /** Only these, of the first 1000 that the server lists. */
  readonly where?: ((model: ListedModel) => boolean) | undefined;
  /** Ask for the count of tensors by dtype, too. */
  readonly counts?: boolean | undefined;
  /** The maximum number of models. Default 50. */
  readonly limit?: number | undefined;
  /** Default `downloads`. */
  readonly sort?: ListSort | undefined;
  /** The author of the models. Default `mlx-community`, `any` for every model with the tag `mlx`. */
  readonly author?: string | undefined;
}

/** One model as the ancestor listed it, with everything else known of it in camelCase. */
export interface MLXModelEntry extends ListedModel {
  repo_id: string;
  downloads: number;
  likes: number;
  tags: string[];
  /** ISO 8601. */
  created_at?: string;
}

/** The MLX models of an author, most downloaded first. Throws `settings/invalid` and the `hub/…` errors. */
export async function listMLXModels(options: ListOptions = {}): Promise<MLXModelEntry[]> {
  const { filter, where, limit = 50, author = "mlx-community", ...rest } = options;
  const any = author === "any";
  const listed = where === undefined ? limit : MOST_LISTED;
  const query = { ...rest, limit: listed, search: filter, tags: any ? ["mlx"] : [] };
  const entries: MLXModelEntry[] = [];
  for await (const model of listModels(any ? query : { ...query, author })) {
    if (where?.(model) === false) continue;
    const created = model.createdAt === undefined ? {} : { created_at: model.createdAt };
    entries.push({ ...model, repo_id: model.repoId, tags: [...model.tags], ...created });
    if (entries.length >= limit) break;
  }
  return entries;
}
