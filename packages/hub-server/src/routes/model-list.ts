import type { HubContext } from "../http/hub-env.ts";
import { jsonAnswer } from "../http/json-answer.ts";
import { flag, page } from "../http/paging.ts";
import { badRequest } from "../http/refusal.ts";
import { readModelCard } from "../store/model-card.ts";
import { kindOf } from "../store/repo-kind.ts";
import type { RepoSettings, StoredRepo } from "../store/repo-store.ts";
import { canSee, identify } from "./access.ts";
import { FULL_FIELDS, LISTED_FIELDS, modelFields } from "./model-fields.ts";
import { snapshotAt } from "./revision.ts";

type SortKey = (settings: RepoSettings) => number | string;

const SORTS: Readonly<Record<string, SortKey>> = {
  createdAt: (settings) => settings.createdAt,
  lastModified: (settings) => settings.lastModified,
  downloads: (settings) => settings.downloads,
  likes: (settings) => settings.likes,
  likes30d: (settings) => settings.likes,
  trendingScore: (settings) => settings.trendingScore,
};

/** `GET /api/models`: search, author, repeated filter, pipeline_tag, gated, sort (descending), limit and cursor. */
export async function modelList(c: HubContext): Promise<Response> {
  const user = await identify(c);
  const found: StoredRepo[] = [];
  for (const repo of await c.env.config.store.list()) {
    if (kindOf(repo) !== "model") continue;
    if (canSee(repo, user) && (await isAskedFor(c, repo))) found.push(repo);
  }
  const sorted = sortRepos(found, c.req.query("sort") ?? "trendingScore");
  const { listPageSize } = c.env.config;
  const part = page(c, sorted, { defaultLimit: listPageSize, maxLimit: listPageSize });
  const expand = c.req.queries("expand") ?? [];
  const fields = new Set(
    expand.length > 0
      ? expand
      : [
          ...LISTED_FIELDS,
          ...(flag(c, "full") ? FULL_FIELDS : []),
          ...["config", "cardData"].filter((name) => flag(c, name)),
        ],
  );
  const items = [];
  for (const repo of part.items) {
    const snapshot = () => snapshotAt(repo, "main").catch(() => undefined);
    items.push(await modelFields(repo, { fields, blobs: false, snapshot }));
  }
  return jsonAnswer(items, { headers: part.headers });
}

async function isAskedFor(c: HubContext, repo: StoredRepo): Promise<boolean> {
  const { repoId, settings } = repo;
  const author = c.req.query("author");
  if (author !== undefined && repoId.split("/")[0] !== author) return false;
  const search = c.req.query("search")?.toLowerCase() ?? "";
  if (!repoId.toLowerCase().includes(search)) return false;
  const gated = c.req.query("gated");
  if (gated !== undefined && (settings.gated !== false) !== flag(c, "gated")) return false;
  const filters = (c.req.queries("filter") ?? []).flatMap((filter) => filter.split(","));
  const task = c.req.query("pipeline_tag");
  if (filters.length === 0 && task === undefined) return true;
  const { tags, pipelineTag } = await readModelCard(repo);
  return (
    (task === undefined || pipelineTag === task) && filters.every((filter) => tags.includes(filter))
  );
}

function sortRepos(repos: readonly StoredRepo[], sort: string): readonly StoredRepo[] {
  const key = Object.hasOwn(SORTS, sort) ? SORTS[sort] : undefined;
  if (!key) throw badRequest(`Invalid sort: ${sort}`);
  return repos.toSorted((a, b) => {
    const [left, right] = [key(a.settings), key(b.settings)];
    return left === right ? (a.repoId < b.repoId ? -1 : 1) : left < right ? 1 : -1;
  });
}
