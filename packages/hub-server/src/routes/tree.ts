import { flag, page } from "../http/paging.ts";
import type { HubContext } from "../http/hub-env.ts";
import { jsonAnswer } from "../http/json-answer.ts";
import { badRequest, entryNotFound } from "../http/refusal.ts";
import type { RepoFile, RepoSnapshot } from "../store/repo-store.ts";
import { checkGate, mayPassGate } from "./access.ts";
import { securityFileStatus } from "./file-scans.ts";
import { lastCommits } from "./last-commits.ts";
import { snapshotAt, splitRevision } from "./revision.ts";
import {
  directoryItem,
  fileItem,
  maskItem,
  treeItems,
  type ItemDetails,
  type TreeItem,
} from "./tree-items.ts";

const EXPANDED_PAGE = 50;

/** `GET /api/models/{id}/tree/{revision}[/{folder}]` */
export async function tree(c: HubContext): Promise<Response> {
  const { revision, path } = splitRevision(c);
  const repo = c.get("repo");
  const snapshot = await snapshotAt(repo, revision);
  const expand = flag(c, "expand");
  const recursive = flag(c, "recursive");
  const folder = path.replace(/\/$/, "");
  const details = await itemDetails(c, snapshot, expand);
  const items = treeItems(snapshot, { folder, recursive, details });
  if (!items) throw entryNotFound(snapshot.commit);
  const { treePageSize } = c.env.config;
  const limit = expand ? Math.min(EXPANDED_PAGE, treePageSize) : treePageSize;
  const part = page(c, items, {
    defaultLimit: limit,
    maxLimit: limit,
    nameOf: ({ path: name }) => name,
  });
  const masked = c.env.config.maskGated && !mayPassGate(repo, c.get("user"));
  return jsonAnswer(masked ? part.items.map(maskItem) : part.items, {
    // No X-Repo-Commit: none of six recorded trees has it (Orolol/originator, 2026-10-06).
    headers: part.headers,
  });
}

/**
 * `POST /api/models/{id}/paths-info/{revision}`, body a form or JSON. Unknown paths are left out.
 */
export async function pathsInfo(c: HubContext): Promise<Response> {
  const repo = c.get("repo");
  // Refused as a whole, unlike a tree, which is masked (recorded by two clients of the Hub in 2026).
  checkGate(repo, c.get("user"));
  const snapshot = await snapshotAt(repo, splitRevision(c).revision);
  const { paths, expand } = await readPathsBody(c);
  const details = await itemDetails(c, snapshot, expand);
  const items: TreeItem[] = [];
  for (const path of paths) {
    const file = snapshot.files.find((candidate) => candidate.path === path);
    if (file) items.push(fileItem(file, details));
    else if (snapshot.files.some((candidate) => candidate.path.startsWith(`${path}/`))) {
      items.push(directoryItem(snapshot, path, details));
    }
  }
  return jsonAnswer(items);
}

/** The optional fields in the entries of this answer. */
async function itemDetails(
  c: HubContext,
  snapshot: RepoSnapshot,
  expand: boolean,
): Promise<ItemDetails> {
  const repo = c.get("repo");
  const { casUrl, xetHash: xetHashOf } = c.env.config;
  const xetHash = casUrl === undefined ? (file: RepoFile) => file.xetHash : xetHashOf;
  if (!expand) return { xetHash, expanded: undefined };
  return {
    xetHash,
    expanded: {
      lastCommit: lastCommits(await repo.history(snapshot.commit)),
      security: (file) => securityFileStatus(file, repo.settings),
    },
  };
}

async function readPathsBody(
  c: HubContext,
): Promise<{ paths: readonly string[]; expand: boolean }> {
  const text = await c.req.text();
  if (!/\bjson\b/.test(c.req.header("content-type") ?? "")) {
    const form = new URLSearchParams(text);
    return { paths: form.getAll("paths"), expand: /^(?:true|1)$/i.test(form.get("expand") ?? "") };
  }
  const body: unknown = parseJson(text);
  const { paths, expand } = isObject(body) ? body : {};
  const list = typeof paths === "string" ? [paths] : paths;
  if (!Array.isArray(list) || !list.every((path) => typeof path === "string")) {
    throw badRequest('"paths" must be an array of strings');
  }
  return { paths: list, expand: expand === true };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest("Invalid JSON");
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
