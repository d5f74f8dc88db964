import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { CatalogueModel } from "../catalogue/catalogue-model.ts";
import { modelOfRow } from "../catalogue/store-models.ts";
import { quoteTerm } from "./match.ts";
import type { SqlCondition } from "./filter-sql.ts";

/** Ranked anew by more than downloads; beyond them nobody reads. */
const CANDIDATES = 300;

/** Which models are looked for: those that match, in the order of their downloads. */
export interface MatchRequest {
  /** In FTS5's language; absent: all. */
  readonly match?: string | undefined;
  /** Runs of letters and digits that the name contains, separators aside. */
  readonly substrings?: readonly string[] | undefined;
}

/** What holds for every model that is found, whatever the words are. */
export interface MatchConditions {
  readonly conditions: readonly SqlCondition[];
  /** What SQL cannot say; absent: nothing. */
  readonly accepts?: ((model: CatalogueModel) => boolean) | undefined;
}

/** The most downloaded models that match, 300 at most, and how many there are in all. */
export interface Matches {
  readonly models: readonly CatalogueModel[];
  readonly total: number;
}

/** Looks for models in the index. */
export function findMatches(
  db: DatabaseSync,
  { match, substrings = [] }: MatchRequest,
  { conditions, accepts }: MatchConditions,
): Matches {
  const all: SqlCondition[] = [...conditions];
  let from = "ranked r join model m on m.id = r.model";
  let order = "r.rank";
  if (match !== undefined) {
    from = "words join ranked r on r.rank = words.rowid join model m on m.id = r.model";
    order = "words.rowid";
    all.unshift({ sql: "words match ?", values: [match] });
  }
  for (const part of substrings) {
    all.push({
      sql: "r.rank in (select rowid from squeezed where squeezed match ?)",
      values: [quoteTerm(part)],
    });
  }
  const where = all.map(({ sql }) => sql).join(" and ");
  const values: SQLInputValue[] = all.flatMap((condition) => condition.values);
  if (accepts) {
    const models: CatalogueModel[] = [];
    let total = 0;
    const rows = db.prepare(`select m.* from ${from} where ${where} order by ${order}`);
    for (const row of rows.iterate(...values)) {
      const model = modelOfRow(row);
      if (!accepts(model)) continue;
      total += 1;
      if (models.length < CANDIDATES) models.push(model);
    }
    return { models, total };
  }
  const models = db
    .prepare(`select m.* from ${from} where ${where} order by ${order} limit ${CANDIDATES}`)
    .all(...values)
    .map(modelOfRow);
  if (models.length < CANDIDATES) return { models, total: models.length };
  const counted = db.prepare(`select count(*) as n from ${from} where ${where}`).get(...values);
  return { models, total: Number(counted?.["n"]) };
}
