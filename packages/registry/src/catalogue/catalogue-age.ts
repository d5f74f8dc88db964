import type { DatabaseSync } from "node:sqlite";
import { readSetting, writeSetting } from "./settings.ts";

/** The age and the origin of the catalogue. Times in ms since 1970. */
export interface CatalogueAge {
  /** `seed`: from the package `@mlx-download/catalogue`. `partial`: a first walk that has not ended. */
  readonly source: "seed" | "partial" | "hub";
  /** When the Hub was asked. For a seed, its date. */
  readonly at: number;
  /** The Hub that was asked. Undefined for a seed. */
  readonly endpoint?: string | undefined;
}

/** The age of the catalogue. Undefined when there is none. */
export function readAge(db: DatabaseSync): CatalogueAge | undefined {
  const age = readSetting(db, "catalogue-age");
  return typeof age === "object" && age !== null && "source" in age && "at" in age
    ? (age as CatalogueAge)
    : undefined;
}

/** Records the age of the catalogue. */
export function writeAge(db: DatabaseSync, age: CatalogueAge): void {
  writeSetting(db, "catalogue-age", age);
}
