import { text } from "node:stream/consumers";
import type { HubContext } from "../http/hub-env.ts";
import { jsonAnswer } from "../http/json-answer.ts";
import { badRequest, entryNotFound } from "../http/refusal.ts";
import { readBlob } from "../store/blob-source.ts";
import type { RepoFile } from "../store/repo-store.ts";
import { readSafetensorsHeader } from "../store/tensor-count.ts";
import { checkGate } from "./access.ts";
import { snapshotAt } from "./revision.ts";

const MAX_INDEX_BYTES = 25_000_000;

/**
 * `GET /api/models/{id}/safetensors-metadata/{index path}`: the headers of all shards that an index
 * of `main` names, in one answer. As huggingface_hub 2.3 reads it. The Hub's own answer was not
 * recorded.
 */
export async function safetensorsMetadata(c: HubContext): Promise<Response> {
  const repo = c.get("repo");
  checkGate(repo, c.get("user"));
  const { files, commit } = await snapshotAt(repo, "main");
  const path = c.get("rest").join("/");
  const index = files.find((file) => file.path === path);
  if (!index || index.absent !== undefined || index.blob.size > MAX_INDEX_BYTES)
    throw entryNotFound(commit);
  const { metadata, shards } = await readIndex(index);
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const headers: Record<string, unknown> = {};
  for (const shard of shards) {
    const file = files.find((candidate) => candidate.path === folder + shard);
    if (!file || file.absent !== undefined) throw entryNotFound(commit);
    headers[shard] = await readSafetensorsHeader(file.blob).catch(() => {
      throw badRequest(`${shard} is not a safetensors file`);
    });
  }
  return jsonAnswer({ headers, index: { metadata } });
}

async function readIndex(
  index: RepoFile,
): Promise<{ metadata: unknown; shards: ReadonlySet<string> }> {
  try {
    const value: unknown = JSON.parse(await text(readBlob(index.blob)));
    const { metadata = {}, weight_map: map } = value as Record<string, unknown>;
    return { metadata, shards: new Set(Object.values(map as object).map(String)) };
  } catch {
    throw badRequest(`${index.path} is not an index of safetensors files`);
  }
}
