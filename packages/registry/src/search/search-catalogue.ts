import type { DatabaseSync } from "node:sqlite";
import type { CatalogueModel } from "../catalogue/catalogue-model.ts";
import { prepare } from "../database/prepare.ts";
import { RegistryError } from "../errors.ts";
import type { Registry } from "../registry.ts";
import { readAge, type CatalogueAge } from "../catalogue/catalogue-age.ts";
import { filterSql, type SqlCondition } from "./filter-sql.ts";
import { findMatches, type Match, type MatchConditions, readModels } from "./find-matches.ts";
import { findWords } from "./find-words.ts";
import { groupModels, type ModelGroup } from "./group-models.ts";
import { quoteTerm } from "./match.ts";
import { parseQuery, type CatalogueQuery } from "./parse-query.ts";
import { rankModels } from "./rank-models.ts";
import { rebuildIndex } from "../search-index/rebuild-index.ts";
import { piecesOf, splitPiece } from "../search-index/terms.ts";

/** The facts that the search may use beside the catalogue. */
export interface SearchOptions {
  /** How many models at most, or base models with `group`. Default: 20. */
  readonly limit?: number | undefined;
  /** Answer with base models, each with its variants among the matches. */
  readonly group?: boolean | undefined;
  /** Ids of the repos in the cache, for `here`. */
  readonly here?: ReadonlySet<string> | undefined;
  /** Whether a model fits this machine, for `fits`. */
  readonly fits?: ((model: CatalogueModel) => boolean) | undefined;
}

/** The result of a search. */
export interface SearchAnswer {
  readonly query: CatalogueQuery;
  /** Best first. */
  readonly models: readonly CatalogueModel[];
  /** The same models by their base, best first. Null unless asked for. */
  readonly groups: readonly ModelGroup[] | null;
  /** How many match, independent of the limit. With filters, counted up to 500. */
  readonly total: number;
  /** There are more than `total`. */
  readonly more: boolean;
  /** Words that were read as others: `{ gema: "gemma" }`. */
  readonly corrected: Readonly<Record<string, string>> | null;
  /** The age of the catalogue. */
  readonly age: CatalogueAge;
}

/**
 * Searches the catalogue, without the network. Throws `registry/invalid-query`, `registry/no-catalogue` where there is
 * none yet, and the errors of `Registry.read`.
 */
export function searchCatalogue(
  registry: Registry,
  text: string,
  options: SearchOptions = {},
): SearchAnswer {
  const query = parseQuery(text);
  const { limit = 20, group = false } = options;
  /** The models of the answer, of all that match in their order. */
  const answer = (
    db: DatabaseSync,
    matches: readonly Match[],
  ): Pick<SearchAnswer, "models" | "groups"> => {
    if (!group) return { models: readModels(db, matches.slice(0, limit)), groups: null };
    const groups = groupModels(readModels(db, matches)).slice(0, limit);
    return { models: groups.flatMap(({ models }) => models), groups };
  };
  if (registry.read(needsIndex)) registry.write(rebuildIndex);
  return registry.read((db) => {
    const age = readAge(db);
    if (!age) throw noCatalogue();
    const conditions = conditionsOf(query, options);
    const pieces = query.words.flatMap(piecesOf);
    if (pieces.length === 0) {
      const { models, total, more } = findMatches(db, {}, conditions);
      return { query, ...answer(db, models), total, more, corrected: null, age };
    }
    const { models, total, more, corrected, ...found } = findWords(db, pieces, conditions);
    const ranked = rankModels(models, found.pieces);
    return { query, ...answer(db, ranked), total, more, corrected, age };
  });
}

/** The models of some of a walk are there, but the walk was killed before it could index them. */
function needsIndex(db: DatabaseSync): boolean {
  const row = prepare(
    db,
    "select exists (select 1 from model) as models, exists (select 1 from ranked) as ranks",
  ).get();
  return row?.["models"] === 1 && row["ranks"] === 0;
}

/** A base model has up to some fifty variants. */
const CANDIDATES_TO_GROUP = 2000;

function conditionsOf(query: CatalogueQuery, options: SearchOptions): MatchConditions {
  const conditions: SqlCondition[] = [
    ...filterSql(query.filters, { here: options.here ?? new Set() }),
  ];
  const contained = query.phrases.map(piecesOf).filter((pieces) => pieces.length > 0);
  const excluded: (readonly string[])[] = [];
  for (const word of query.without) {
    const pieces = piecesOf(word);
    const [piece] = pieces;
    if (piece === undefined) continue;
    if (pieces.length > 1) excluded.push(pieces);
    else {
      const split = splitPiece(piece).map(quoteTerm).join(" AND ");
      conditions.push({
        sql: "r.rank not in (select rowid from words where words match ?)",
        values: [`${quoteTerm(piece)} OR (${split})`],
      });
    }
  }
  const wantsFit = query.filters.fits;
  const { fits } = options;
  const most = options.group ? CANDIDATES_TO_GROUP : undefined;
  if (contained.length === 0 && excluded.length === 0 && wantsFit === undefined) {
    return { conditions, most };
  }
  return {
    conditions,
    most,
    accepts: (model) => {
      if (contained.some((phrase) => !hasPhrase(model.repoId, phrase))) return false;
      if (excluded.some((phrase) => hasPhrase(model.repoId, phrase))) return false;
      return wantsFit === undefined || (fits?.(model) ?? false) === wantsFit;
    },
  };
}

/** Whether the words of a phrase stand in the name one after the other. */
function hasPhrase(repoId: string, phrase: readonly string[]): boolean {
  const has = (words: readonly string[], wanted: readonly string[]): boolean =>
    words.some((_, at) => wanted.every((word, index) => words[at + index] === word));
  const pieces = piecesOf(repoId);
  return has(pieces, phrase) || has(pieces.flatMap(splitPiece), phrase.flatMap(splitPiece));
}

function noCatalogue(): RegistryError {
  return new RegistryError("There is no catalogue on this machine yet", "registry/no-catalogue", {
    hint: "Run mlx-download catalogue sync, or search the Hub with the option `online`.",
  });
}
