import type { DatabaseSync } from "node:sqlite";
import { prepare } from "../database/prepare.ts";
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
  const rows = prepare(db, "select terms from vocabulary where length between ? and ?").all(
    word.length - most,
    word.length + most,
  );
  const letters = lettersOf(word, 0, word.length);
  const near: NearTerm[] = [];
  for (const row of rows) {
    const terms = String(row["terms"]);
    // Lines of `term models`, read in place: most of the ten thousand are told apart by their letters alone.
    for (let start = 0; start < terms.length;) {
      const space = terms.indexOf(" ", start);
      const newline = terms.indexOf("\n", space);
      const end = newline < 0 ? terms.length : newline;
      if (bitCount(letters ^ lettersOf(terms, start, space)) <= 2 * most) {
        const term = terms.slice(start, space);
        const distance = editDistance(word, term, most);
        if (distance !== undefined && distance > 0) {
          near.push({ term, distance, models: Number(terms.slice(space + 1, end)) });
        }
      }
      start = end + 1;
    }
  }
  return near.toSorted((a, b) => worth(b, word) - worth(a, word)).slice(0, limit);
}

/** Which letters and digits occur, one bit each. A slip changes at most two of them. */
function lettersOf(text: string, start: number, end: number): number {
  let bits = 0;
  for (let at = start; at < end; at += 1) bits |= 1 << (text.charCodeAt(at) % 32);
  return bits;
}

function bitCount(bits: number): number {
  let left = bits - ((bits >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return (((left + (left >>> 4)) & 0xf0f0f0f) * 0x1010101) >>> 24;
}

/** The score prefers words of many models. People rarely mistype the first letter. */
function worth({ term, distance, models }: NearTerm, word: string): number {
  return Math.log10(models + 1) - distance * 2 + (term[0] === word[0] ? 0.5 : 0);
}
