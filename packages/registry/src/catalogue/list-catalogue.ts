import type { SQLInputValue } from "node:sqlite";
import type { Registry } from "../registry.ts";
import { readAge, type CatalogueAge } from "./catalogue-age.ts";
import type { CatalogueModel } from "./catalogue-model.ts";
import { modelOfRow } from "./store-models.ts";

/** The part of the catalogue to read. Default: all of it. */
export interface CataloguePart {
  readonly author?: string | undefined;
  /** Letters and digits that the name or the base model contains, in any case. */
  readonly containing?: string | undefined;
  /** How many at most. */
  readonly limit?: number | undefined;
}

/** Models of the catalogue, most downloaded first, and its age. Null when there is none. */
export function listCatalogue(
  registry: Registry,
  { author, containing, limit }: CataloguePart = {},
): { readonly age: CatalogueAge | null; readonly models: readonly CatalogueModel[] } {
  const conditions = ["gone is null"];
  const values: SQLInputValue[] = [];
  if (author !== undefined) {
    conditions.push("author = ?");
    values.push(author);
  }
  if (containing !== undefined) {
    conditions.push("(instr(lower(repo_id), ?) > 0 or instr(lower(base), ?) > 0)");
    values.push(containing.toLowerCase(), containing.toLowerCase());
  }
  values.push(limit ?? -1);
  return registry.read((db) => ({
    age: readAge(db) ?? null,
    models: db
      .prepare(
        `select * from model where ${conditions.join(" and ")}
         order by downloads desc, repo_id limit ?`,
      )
      .all(...values)
      .map(modelOfRow),
  }));
}
