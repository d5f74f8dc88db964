import type { Registry } from "../registry.ts";
import { readAge, type CatalogueAge } from "./catalogue-age.ts";
import type { CatalogueModel } from "./catalogue-model.ts";
import { modelOfRow } from "./store-models.ts";

/** Every model of the catalogue, most downloaded first, and its age. Null when there is none. */
export function listCatalogue(registry: Registry): {
  readonly age: CatalogueAge | null;
  readonly models: readonly CatalogueModel[];
} {
  return registry.read((db) => ({
    age: readAge(db) ?? null,
    models: db
      .prepare("select * from model where gone is null order by downloads desc, repo_id")
      .all()
      .map(modelOfRow),
  }));
}
