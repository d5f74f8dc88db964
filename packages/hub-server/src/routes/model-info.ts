import type { HubContext } from "../http/hub-env.ts";
import { jsonAnswer } from "../http/json-answer.ts";
import { flag } from "../http/paging.ts";
import { INFO_FIELDS, modelFields } from "./model-fields.ts";
import { snapshotAt, splitRevision } from "./revision.ts";

/** `GET /api/models/{id}`, at `main`. */
export function modelInfo(c: HubContext): Promise<Response> {
  return infoAt(c, "main");
}

/** `GET /api/models/{id}/revision/{revision}` */
export function revisionInfo(c: HubContext): Promise<Response> {
  return infoAt(c, c.get("rest").join("/") || splitRevision(c).revision);
}

async function infoAt(c: HubContext, revision: string): Promise<Response> {
  const repo = c.get("repo");
  const snapshot = await snapshotAt(repo, revision);
  const expand = c.req.queries("expand") ?? [];
  const value = await modelFields(repo, {
    fields: new Set(expand.length > 0 ? expand : INFO_FIELDS),
    blobs: flag(c, "blobs"),
    snapshot: async () => snapshot,
  });
  return jsonAnswer(value, { headers: { "x-repo-commit": snapshot.commit } });
}
