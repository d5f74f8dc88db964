import type { DatabaseSync } from "node:sqlite";
import { editDistance } from "./edit-distance.ts";

/** A word of the catalogue that is near to a mistyped one. */
export interface NearTerm {
  readonly term: string;
  readonly distance: number;
  /** In how many models' names it stands. */
  readonly models: number;
}

/** The nearest words of the catalogue's names, best first: within one slip up to four letters, else within two. */
export function nearestTerms(db: DatabaseSync, word: string, limit: number): readonly NearTerm[] {
  const most = word.length <= 4 ? 1 : 2;
  const rows = db
    .prepare("select terms from vocabulary where length between ? and ?")
    .all(word.length - most, word.length + most);
  const near: NearTerm[] = [];
  for (const { terms } of rows) {
    for (const line of String(terms).split("\n")) {
      const space = line.indexOf(" ");
      const term = line.slice(0, space);
      const distance = editDistance(word, term, most);
      if (distance === undefined || distance === 0) continue;
      near.push({ term, distance, models: Number(line.slice(space + 1)) });
    }
  }
  return near.toSorted((a, b) => worth(b, word) - worth(a, word)).slice(0, limit);
}

/** A word of many models is meant rather than one of few; people rarely mistype the first letter. */
function worth({ term, distance, models }: NearTerm, word: string): number {
  return Math.log10(models + 1) - distance * 2 + (term[0] === word[0] ? 0.5 : 0);
}
