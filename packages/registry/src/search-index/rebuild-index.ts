import type { DatabaseSync } from "node:sqlite";
import { indexWords, squeeze, vocabularyWords } from "./terms.ts";

/**
 * Builds the search index from the models, most downloaded first, within the transaction that is open: for 50,000 models
 * little more than a second of processor time.
 */
export function rebuildIndex(db: DatabaseSync): void {
  db.exec(`
    insert into words (words) values ('delete-all');
    insert into squeezed (squeezed) values ('delete-all');
    delete from ranked; delete from vocabulary;`);
  const word = db.prepare("insert into words (rowid, text) values (?, ?)");
  const name = db.prepare("insert into squeezed (rowid, name) values (?, ?)");
  const rank = db.prepare("insert into ranked (rank, model) values (?, ?)");
  const vocabulary = new Map<string, number>();
  let at = 0;
  // Ids alone are sorted: whole rows would take 10 MB while they are.
  const order = db
    .prepare("select id from model where gone is null order by downloads desc, likes desc, repo_id")
    .all();
  const model = db.prepare("select id, repo_id, tags, task, arch from model where id = ?");
  for (const { id = 0 } of order) {
    const row = model.get(id);
    if (row === undefined) continue;
    at += 1;
    const repoId = String(row["repo_id"]);
    const words = indexWords({
      repoId,
      tags: String(row["tags"]).split(" "),
      task: row["task"] as string | null,
      arch: row["arch"] as string | null,
    });
    word.run(at, words.join(" "));
    name.run(at, squeeze(repoId.slice(repoId.indexOf("/") + 1)));
    rank.run(at, row["id"] as number);
    for (const term of vocabularyWords(repoId)) {
      vocabulary.set(term, (vocabulary.get(term) ?? 0) + 1);
    }
  }
  db.exec(`insert into words (words) values ('optimize');
    insert into squeezed (squeezed) values ('optimize');`);
  storeVocabulary(db, vocabulary);
}

/** By length, so that a mistyped word reads the few lengths that are near. */
function storeVocabulary(db: DatabaseSync, vocabulary: ReadonlyMap<string, number>): void {
  const byLength = new Map<number, string[]>();
  for (const [term, models] of vocabulary) {
    const terms = byLength.get(term.length) ?? [];
    byLength.set(term.length, terms);
    terms.push(`${term} ${models}`);
  }
  const insert = db.prepare("insert into vocabulary (length, terms) values (?, ?)");
  for (const [length, terms] of byLength) insert.run(length, terms.toSorted().join("\n"));
}
