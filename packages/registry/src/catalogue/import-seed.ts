import type { DatabaseSync } from "node:sqlite";
import type { Registry } from "../registry.ts";
import { rebuildIndex } from "../search-index/rebuild-index.ts";
import { readAge, writeAge } from "./catalogue-age.ts";
import type { CatalogueModel } from "./catalogue-model.ts";
import { factsOfName } from "./read-hub-model.ts";
import { storeModels } from "./store-models.ts";

/** One model of a seed: the facts that its name does not give. */
export interface SeedModel {
  readonly hubId: string | null;
  readonly repoId: string;
  readonly downloads: number;
  readonly likes: number;
  /** ms since 1970. */
  readonly modifiedAt: number | null;
  readonly parameters: number | null;
  readonly license: string | null;
  readonly task: string | null;
  readonly arch: string | null;
  readonly tags: readonly string[];
}

/** The catalogue that comes with the program. */
export interface SeedCatalogue {
  /** ISO 8601: the day of its figures. */
  readonly date: string;
  readonly models: readonly SeedModel[];
}

/**
 * Fills an empty catalogue, or one from an older seed, from the seed. One that was synchronised with a Hub stays as it is.
 * Returns whether anything was imported. Throws the errors of `Registry.write`.
 */
export function importSeed(registry: Registry, seed: SeedCatalogue): boolean {
  const at = Date.parse(seed.date);
  if (!registry.read((db) => isWanted(db, at))) return false;
  return registry.write((db) => {
    // Another process may have been quicker.
    if (!isWanted(db, at)) return false;
    db.exec("delete from model");
    storeModels(db, seed.models.map(catalogueModel), 0);
    rebuildIndex(db);
    writeAge(db, { source: "seed", at });
    return true;
  });
}

/** Whether a seed of that date is newer than the present catalogue. */
function isWanted(db: DatabaseSync, at: number): boolean {
  const age = readAge(db);
  return age === undefined || (age.source === "seed" && age.at < at);
}

function catalogueModel(seed: SeedModel): CatalogueModel {
  const facts = factsOfName(seed.repoId, { tags: seed.tags });
  return {
    ...facts,
    // A real id of the Hub replaces it when the model is first seen in a list.
    hubId: seed.hubId ?? `seed:${seed.repoId.toLowerCase()}`,
    downloads: seed.downloads,
    likes: seed.likes,
    trending: 0,
    createdAt: null,
    modifiedAt: seed.modifiedAt,
    commit: null,
    parameters: facts.parameters ?? seed.parameters,
    license: seed.license,
    task: seed.task,
    library: null,
    arch: seed.arch,
    gated: null,
    private: false,
    tags: seed.tags,
  };
}
