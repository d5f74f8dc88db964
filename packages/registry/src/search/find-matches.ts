import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { CatalogueModel } from "../catalogue/catalogue-model.ts";
import { modelOfRow } from "../catalogue/store-models.ts";
import { prepare } from "../database/prepare.ts";
import type { SqlCondition } from "./filter-sql.ts";
import { quoteTerm } from "./match.ts";

/** The models that are ranked again by more than downloads. Users rarely read beyond them. */
const CANDIDATES = 300;
/** Filtered matches are joined one by one. Beyond this many, their number is only a lower bound. */
const MOST_COUNTED = 500;

/** Which models are looked for: those that match, in the order of their downloads. */
export interface MatchRequest {
  /** In FTS5's language. Absent: all. */
  readonly match?: string | undefined;
  /** Runs of letters and digits that the name contains, separators aside. */
  readonly substrings?: readonly string[] | undefined;
}

/** The conditions that every found model meets, for any words. */
export interface MatchConditions {
  readonly conditions: readonly SqlCondition[];
  /** The condition that SQL cannot express. Absent: none. */
  readonly accepts?: ((model: CatalogueModel) => boolean) | undefined;
  /** How many models are read at most. Default: 300. */
  readonly most?: number | undefined;
}

/** A model that was found, as far as ranking looks at it. */
export interface Match {
  /** The row's number. */
  readonly id: number;
  readonly repoId: string;
  readonly downloads: number;
}

/** The most downloaded models that match, so many at most, and how many there are in all. */
export interface Matches {
  readonly models: readonly Match[];
  readonly total: number;
  /** There are more than `total`. */
  readonly more: boolean;
}

/** Looks for models in the index. */
export function findMatches(
  db: DatabaseSync,
  { match, substrings = [] }: MatchRequest,
  { conditions, accepts, most = CANDIDATES }: MatchConditions,
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
  const counted = Math.max(most, MOST_COUNTED);
  if (accepts) {
    const sql = `${from} where ${where} order by ${order}`;
    return accepted(db, { sql, values }, { accepts, most, counted });
  }
  const columns = "m.id, m.repo_id, m.downloads";
  // The index holds only models that are not gone, so that without other conditions it can count by itself.
  const countable = match !== undefined && all.length === 2;
  const read = countable ? most : counted + 1;
  const rows = prepare(
    db,
    `select ${columns} from ${from} where ${where} order by ${order} limit ${read}`,
  ).all(...values);
  const models = rows.slice(0, most).map(matchOfRow);
  if (countable && rows.length === most) {
    const row = prepare(db, "select count(*) as n from words where words match ?").get(match);
    return { models, total: Number(row?.["n"]), more: false };
  }
  return {
    models,
    total: Math.min(rows.length, counted),
    more: rows.length > counted,
  };
}

/** What SQL cannot express, how many models are read, and up to how many they are counted. */
interface Acceptance {
  readonly accepts: (model: CatalogueModel) => boolean;
  readonly most: number;
  readonly counted: number;
}

function accepted(
  db: DatabaseSync,
  { sql, values }: SqlCondition,
  { accepts, most, counted }: Acceptance,
): Matches {
  const models: Match[] = [];
  let total = 0;
  for (const row of prepare(db, `select m.* from ${sql}`).iterate(...values)) {
    const model = modelOfRow(row);
    if (!accepts(model)) continue;
    total += 1;
    if (models.length < most) models.push(matchOfRow(row));
    if (total > counted) return { models, total: counted, more: true };
  }
  return { models, total, more: false };
}

function matchOfRow(row: Readonly<Record<string, unknown>>): Match {
  return {
    id: Number(row["id"]),
    repoId: String(row["repo_id"]),
    downloads: Number(row["downloads"]),
  };
}

/** The whole models of the matches, in the same order. */
export function readModels(db: DatabaseSync, matches: readonly Match[]): readonly CatalogueModel[] {
  const read = prepare(db, "select * from model where id = ?");
  return matches.flatMap(({ id }) => {
    const row = read.get(id);
    return row ? [modelOfRow(row)] : [];
  });
}
