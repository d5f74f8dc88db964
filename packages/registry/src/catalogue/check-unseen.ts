import type { Registry } from "../registry.ts";
import { readHubModel } from "./read-hub-model.ts";
import { storeModels } from "./store-models.ts";

/** Models that a full walk did not see, and how each is asked for. */
export interface UnseenCheck {
  readonly walk: number;
  readonly signal?: AbortSignal | undefined;
  /** The model as the Hub gives it, undefined when it is not there any more. */
  readonly findModel: (repoId: string) => Promise<unknown>;
}

/** Asked in one synchronisation. The rest is asked in the next. */
const MOST_ASKED = 50;
/** More than this share missing says something about the list, not about the models. */
const BELIEVABLE_SHARE = 0.2;

/**
 * Asks for the models that a full walk did not see: deleted ones and those that lost the tag leave the catalogue, others were
 * changed while the walk went by. Returns how many left.
 */
export async function checkUnseen(registry: Registry, check: UnseenCheck): Promise<number> {
  const { walk, signal, findModel } = check;
  // A seed without the Hub's ids is only a stopgap for a list.
  registry.write((db) => db.exec("delete from model where walk = 0 and hub_id like 'seed:%'"));
  const { unseen, known } = registry.read((db) => ({
    unseen: db
      .prepare(
        "select id, hub_id, repo_id from model where gone is null and walk < ? order by downloads desc",
      )
      .all(walk),
    known: Number(db.prepare("select count(*) as n from model where gone is null").get()?.["n"]),
  }));
  if (unseen.length > MOST_ASKED && unseen.length > known * BELIEVABLE_SHARE) return 0;
  let gone = 0;
  for (const row of unseen.slice(0, MOST_ASKED)) {
    if (signal?.aborted) break;
    const item = await findModel(String(row["repo_id"]));
    const model = readHubModel(item);
    const same = model?.hubId === row["hub_id"];
    if (model && same && isTagged(item)) registry.write((db) => storeModels(db, [model], walk));
    else {
      gone += 1;
      registry.write((db) =>
        db
          .prepare("update model set gone = ? where id = ?")
          .run(same ? "untagged" : "deleted", row["id"] as number),
      );
    }
  }
  return gone;
}

function isTagged(item: unknown): boolean {
  if (typeof item !== "object" || item === null || !("tags" in item)) return false;
  return Array.isArray(item.tags) && item.tags.includes("mlx");
}
