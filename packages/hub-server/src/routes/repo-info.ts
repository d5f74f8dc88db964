import type { HubContext } from "../http/hub-env.ts";
import { jsonAnswer } from "../http/json-answer.ts";
import { flag } from "../http/paging.ts";
import { kindOf } from "../store/repo-kind.ts";
import { expandedFields } from "./expand-fields.ts";
import { securityRepoStatus } from "./file-scans.ts";
import { INFO_FIELDS, repoFields } from "./repo-fields.ts";
import { snapshotAt, splitRevision } from "./revision.ts";

/** `GET /api/models/{id}`, at `main`. */
export function repoInfo(c: HubContext): Promise<Response> {
  return infoAt(c, "main");
}

/** `GET /api/models/{id}/revision/{revision}` */
export function revisionInfo(c: HubContext): Promise<Response> {
  return infoAt(c, c.get("rest").join("/") || splitRevision(c).revision);
}

/** `GET /api/models/{id}/scan`: the same as `securityStatus` adds to the info. */
export function scan(c: HubContext): Response {
  return jsonAnswer(securityRepoStatus(c.get("repo").settings));
}

async function infoAt(c: HubContext, revision: string): Promise<Response> {
  const repo = c.get("repo");
  const kind = kindOf(repo);
  const snapshot = await snapshotAt(repo, revision);
  const expand = expandedFields(c, { kind });
  const value = await repoFields(repo, {
    fields: new Set(expand.length > 0 ? expand : INFO_FIELDS[kind]),
    blobs: flag(c, "blobs"),
    snapshot: async () => snapshot,
  });
  const security = flag(c, "securityStatus")
    ? { securityRepoStatus: securityRepoStatus(repo.settings) }
    : {};
  // No X-Repo-Commit: none of three recorded answers has it (Orolol/originator, 2026-10-06).
  return jsonAnswer({ ...value, ...security });
}
