import type { DatabaseSync } from "node:sqlite";
import type { CatalogueModel } from "./catalogue-model.ts";

const COLUMNS = [
  "hub_id",
  "repo_id",
  "author",
  "downloads",
  "likes",
  "trending",
  "created_at",
  "modified_at",
  "commit_sha",
  "bits",
  "quantization",
  "parameters",
  "weights_bytes",
  "weights_source",
  "license",
  "task",
  "library",
  "arch",
  "base",
  "gated",
  "private",
  "tags",
  "walk",
] as const;

const UPSERT = `
  insert into model (${COLUMNS.join(", ")}) values (${COLUMNS.map(() => "?").join(", ")})
  on conflict (hub_id) do update set gone = null,
  ${COLUMNS.slice(1)
    .map((name) => `${name} = excluded.${name}`)
    .join(", ")}`;

/**
 * Stores models as seen by walk number `walk`, within the transaction that is open. A model whose name was taken over by
 * another one (a rename, then a new repo of the old name) leaves the catalogue.
 */
export function storeModels(
  db: DatabaseSync,
  models: readonly CatalogueModel[],
  walk: number,
): void {
  const upsert = db.prepare(UPSERT);
  const displace = db.prepare("delete from model where repo_id = ? collate nocase and hub_id <> ?");
  for (const model of models) {
    displace.run(model.repoId, model.hubId);
    upsert.run(
      model.hubId,
      model.repoId,
      model.repoId.slice(0, model.repoId.indexOf("/")),
      model.downloads,
      model.likes,
      model.trending,
      model.createdAt,
      model.modifiedAt,
      model.commit,
      model.bits,
      model.quantization,
      model.parameters,
      model.weightsBytes,
      model.weightsSource,
      model.license,
      model.task,
      model.library,
      model.arch,
      model.base,
      model.gated,
      model.private ? 1 : 0,
      model.tags.join(" "),
      walk,
    );
  }
}

/** A row of the table `model` as a value. */
export function modelOfRow(row: Readonly<Record<string, unknown>>): CatalogueModel {
  return {
    hubId: String(row["hub_id"]),
    repoId: String(row["repo_id"]),
    downloads: Number(row["downloads"]),
    likes: Number(row["likes"]),
    trending: Number(row["trending"]),
    createdAt: row["created_at"] as number | null,
    modifiedAt: row["modified_at"] as number | null,
    commit: row["commit_sha"] as string | null,
    bits: row["bits"] as number | null,
    quantization: row["quantization"] as string | null,
    parameters: row["parameters"] as number | null,
    weightsBytes: row["weights_bytes"] as number | null,
    weightsSource: row["weights_source"] as "counts" | "name" | null,
    license: row["license"] as string | null,
    task: row["task"] as string | null,
    library: row["library"] as string | null,
    arch: row["arch"] as string | null,
    base: row["base"] as string | null,
    gated: row["gated"] as "auto" | "manual" | null,
    private: row["private"] === 1,
    tags: String(row["tags"]).split(" ").filter(Boolean),
  };
}
