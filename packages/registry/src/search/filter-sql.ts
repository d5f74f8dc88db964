import type { SQLInputValue } from "node:sqlite";
import type { NumberRange, QueryFilters } from "./parse-query.ts";

/** A condition on the table `model` (as `m`), with the values of its question marks. */
export interface SqlCondition {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** The ids of the repos in the cache, which decide `here`. */
export interface FilterContext {
  readonly here: ReadonlySet<string>;
}

/** The filters of a query as conditions. `fits` is for the caller, who knows the machine. */
export function filterSql(filters: QueryFilters, { here }: FilterContext): readonly SqlCondition[] {
  const conditions: SqlCondition[] = [{ sql: "m.gone is null", values: [] }];
  const anyOf = (column: string, wanted: readonly string[] | undefined): void => {
    if (!wanted) return;
    const marks = wanted.map(() => "?").join(", ");
    conditions.push({ sql: `${column} collate nocase in (${marks})`, values: wanted });
  };
  anyOf("m.author", filters.author);
  anyOf("m.license", filters.license);
  anyOf("m.task", filters.task);
  if (filters.arch) {
    // Families come in several model types: arch:qwen3 means qwen3_moe, too.
    const each = filters.arch.map(() => "m.arch = ? or m.arch like ? escape '\\'").join(" or ");
    const values = filters.arch.flatMap((arch) => [arch, `${escapeLike(arch)}\\_%`]);
    conditions.push({ sql: `(${each})`, values });
  }
  if (filters.gated !== undefined) {
    conditions.push({ sql: `m.gated is ${filters.gated ? "not null" : "null"}`, values: [] });
  }
  for (const [column, ranges] of [
    ["m.bits", filters.bits],
    ["m.weights_bytes", filters.size],
    ["m.parameters", filters.params],
    ["m.downloads", filters.downloads],
  ] as const) {
    if (ranges) conditions.push(inRanges(column, ranges));
  }
  if (filters.here !== undefined) {
    const listed = JSON.stringify([...here].map((repoId) => repoId.toLowerCase()));
    const not = filters.here ? "" : "not ";
    conditions.push({
      sql: `lower(m.repo_id) ${not}in (select value from json_each(?))`,
      values: [listed],
    });
  }
  return conditions;
}

function inRanges(column: string, ranges: readonly NumberRange[]): SqlCondition {
  const values: number[] = [];
  const each = ranges.map(({ min, max, minOpen, maxOpen }) => {
    const bounds: string[] = [];
    if (min !== undefined) {
      bounds.push(`${column} ${minOpen ? ">" : ">="} ?`);
      values.push(min);
    }
    if (max !== undefined) {
      bounds.push(`${column} ${maxOpen ? "<" : "<="} ?`);
      values.push(max);
    }
    return `(${bounds.join(" and ")})`;
  });
  return { sql: `(${each.join(" or ")})`, values };
}

const escapeLike = (text: string): string => text.replaceAll(/[\\%_]/g, String.raw`\$&`);
