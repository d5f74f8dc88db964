import type { Registry } from "../registry.ts";
import { rebuildIndex } from "../search-index/rebuild-index.ts";
import { writeAge } from "./catalogue-age.ts";
import { readHubModel } from "./read-hub-model.ts";
import { storeModels } from "./store-models.ts";

/** A part of a Hub's list, as it was given. */
export interface Listing {
  readonly endpoint: string;
  readonly items: readonly unknown[];
}

/**
 * Makes a part of a Hub's list searchable, in a registry of its own (`:memory:`), with the same query language. The models are those that the Hub
 * found. Returns how many models that were.
 */
export function importListing(registry: Registry, { endpoint, items }: Listing): number {
  const models = items.flatMap((item) => readHubModel(item) ?? []);
  registry.write((db) => {
    storeModels(db, models, 0);
    rebuildIndex(db);
    writeAge(db, { source: "hub", at: Date.now(), endpoint });
  });
  return models.length;
}
