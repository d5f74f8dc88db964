import type { DatabaseSync } from "node:sqlite";
import { prepare } from "../database/prepare.ts";
import {
  findMatches,
  type MatchConditions,
  type Matches,
  type MatchRequest,
} from "./find-matches.ts";
import { matchWords, quoteTerm } from "./match.ts";
import { nearestTerms } from "./nearest-terms.ts";
import { splitPiece } from "../search-index/terms.ts";

/** The matches of the words, and the words that were read as others. */
export interface FoundWords extends Matches {
  readonly pieces: readonly string[];
  readonly corrected: Readonly<Record<string, string>> | null;
}

/** With fewer hits than these, words that no name has in full may be mistyped. */
const FEW = 3;
const MOST_READINGS = 24;
const LEAST_SUBSTRING = 3;

/** How one piece of a query may be read. */
interface Reading {
  readonly words: readonly string[];
  readonly substrings: readonly string[];
  /** The word that it was read as, when the user is to be told. */
  readonly corrected?: string;
}

/**
 * Finds the models of all words, forgivingly, layer by layer: the words as they are with the last perhaps cut, split where
 * letters meet digits, and words that no name has as two glued ones, with a slip repaired, or as a part of a name.
 */
export function findWords(
  db: DatabaseSync,
  pieces: readonly string[],
  conditions: MatchConditions,
): FoundWords {
  const find = (request: MatchRequest): Matches => findMatches(db, request, conditions);
  const asTyped = find({ match: matchWords(pieces) });
  const split = pieces.flatMap(splitPiece);
  const plain =
    asTyped.total > 0 || split.length === pieces.length
      ? asTyped
      : find({ match: matchWords(split) });
  if (plain.total >= FEW) return { ...plain, pieces, corrected: null };

  // Separators set elsewhere, or a beginning that was cut off.
  const whole = pieces.join("");
  const asPart = whole.length >= LEAST_SUBSTRING ? find({ substrings: [whole] }) : NONE;
  const few = joined(plain, asPart);
  if (asPart.total > 0) {
    // Names that have all of it in one are no slip. The same words may stand apart in others.
    const apart = few.total < FEW ? findApart(db, pieces, find) : NONE;
    return { ...joined(few, apart), pieces: plain.total > 0 ? pieces : [whole], corrected: null };
  }

  const strange = pieces.map((piece, at) => isStrange(db, piece, at === pieces.length - 1));
  const unknown = plain.total === 0 && !strange.includes("unknown") ? undefined : strange;
  for (const readings of readingsOf(db, pieces, unknown)) {
    const words = readings.flatMap((reading) => reading.words);
    const substrings = readings.flatMap((reading) => reading.substrings);
    const entries = readings.flatMap(({ corrected }, at) =>
      corrected === undefined ? [] : [[pieces[at] ?? "", corrected] as const],
    );
    // A part of a name says less than the few that have the word itself.
    if (plain.total > 0 && entries.length === 0) continue;
    const found = find({ match: words.length > 0 ? matchWords(words) : undefined, substrings });
    if (found.total === 0) continue;
    return {
      ...joined(plain, found),
      pieces: readings.flatMap(({ words: read, substrings: parts }) => [...read, ...parts]),
      corrected: entries.length > 0 ? Object.fromEntries(entries) : null,
    };
  }
  return { ...plain, pieces, corrected: null };
}

/** The models that have two words where one piece of the query has them glued. */
function findApart(
  db: DatabaseSync,
  pieces: readonly string[],
  find: (request: MatchRequest) => Matches,
): Matches {
  for (const [at, piece] of pieces.entries()) {
    for (const words of gluedWords(db, piece)) {
      const found = find({ match: matchWords(pieces.toSpliced(at, 1, ...words)) });
      if (found.total > 0) return found;
    }
  }
  return NONE;
}

const NONE: Matches = { models: [], total: 0, more: false };

function joined(first: Matches, second: Matches): Matches {
  const ids = new Set(first.models.map(({ id }) => id));
  const added = second.models.filter(({ id }) => !ids.has(id));
  return {
    models: [...first.models, ...added],
    total: second.total + (first.models.length - (second.models.length - added.length)),
    more: second.more,
  };
}

/** Whether a piece is a word of some name, only the beginning of one, or neither. */
function isStrange(db: DatabaseSync, piece: string, last: boolean): "known" | "begins" | "unknown" {
  if (has(db, quoteTerm(piece))) return "known";
  const split = splitPiece(piece);
  if (split.length > 1 && has(db, split.map(quoteTerm).join(" AND "))) return "known";
  return last && has(db, `${quoteTerm(piece)}*`) ? "begins" : "unknown";
}

function has(db: DatabaseSync, match: string): boolean {
  return prepare(db, "select 1 from words where words match ? limit 1").get(match) !== undefined;
}

/** The ways to read the pieces, likeliest first. Without a verdict on them, every long one may be mistyped. */
function* readingsOf(
  db: DatabaseSync,
  pieces: readonly string[],
  strange: readonly string[] | undefined,
): Generator<readonly Reading[], void, undefined> {
  const plain = pieces.map((piece): Reading => ({ words: [piece], substrings: [] }));
  const others = pieces.map((piece, at) =>
    strange?.[at] === "known" ? [] : otherReadings(db, piece),
  );
  let tried = 0;
  if (strange) {
    // All strange pieces change together, each to its next likely reading.
    const most = Math.max(...others.map((list) => list.length));
    for (let round = 0; round < most && tried < MOST_READINGS; round += 1, tried += 1) {
      yield plain.map((as, at) => others[at]?.[Math.min(round, others[at].length - 1)] ?? as);
    }
  } else {
    // Every word exists, but not together: one of them may be another.
    const most = Math.max(...others.map((list) => list.length));
    for (let round = 0; round < most; round += 1) {
      for (const [at, list] of others.entries()) {
        const reading = list[round];
        if (reading === undefined) continue;
        if (tried >= MOST_READINGS) return;
        tried += 1;
        yield plain.map((as, index) => (index === at ? reading : as));
      }
    }
  }
}

function otherReadings(db: DatabaseSync, piece: string): readonly Reading[] {
  const asPart: readonly Reading[] =
    piece.length >= LEAST_SUBSTRING ? [{ words: [], substrings: [piece] }] : [];
  const near = nearestTerms(db, piece, 3).map(({ term, distance }) => ({
    distance,
    reading: { words: [term], substrings: [], corrected: term } satisfies Reading,
  }));
  const glued = gluedWords(db, piece).map((words): Reading => ({ words, substrings: [] }));
  const slip = near.filter(({ distance }) => distance === 1).map(({ reading }) => reading);
  const slips = near.filter(({ distance }) => distance > 1).map(({ reading }) => reading);
  return [...slip.slice(0, 1), ...glued, ...slip.slice(1), ...asPart, ...slips];
}

/** Two words of names that stand in one: `gemmainstruct`. The longer the shorter one, the better. */
function gluedWords(db: DatabaseSync, piece: string): readonly (readonly string[])[] {
  const least = 3;
  const found: (readonly string[])[] = [];
  for (let at = least; at <= piece.length - least; at += 1) {
    const [head, tail] = [piece.slice(0, at), piece.slice(at)];
    if (has(db, `${quoteTerm(head)} AND ${quoteTerm(tail)}`)) found.push([head, tail]);
  }
  const shorter = (words: readonly string[]): number =>
    Math.min(...words.map((word) => word.length));
  return found.toSorted((a, b) => shorter(b) - shorter(a)).slice(0, 2);
}
