import type { RepoType } from "@mlx-download/cache";
import type { HubContext } from "../http/hub-env.ts";
import { jsonAnswer } from "../http/json-answer.ts";
import { flag, page } from "../http/paging.ts";
import { badRequest } from "../http/refusal.ts";
import { kindOf } from "../store/repo-kind.ts";
import type { RepoSettings, RepoSnapshot, StoredRepo } from "../store/repo-store.ts";
import { canSee, identify } from "./access.ts";
import { expandedFields } from "./expand-fields.ts";
import { FULL_FIELDS, LISTED_FIELDS, repoFields } from "./repo-fields.ts";
import { repoFilter } from "./repo-filter.ts";
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

/**
 * `GET /api/models`, `/api/datasets`, `/api/spaces`, `/api/kernels`: what {@link repoFilter} understands, sort
 * (descending), expand, full, config, cardData, limit and cursor.
 */
export async function repoList(c: HubContext, kind: RepoType): Promise<Response> {
  const user = await identify(c);
  const expand = expandedFields(c, { kind, listed: true });
  const isAskedFor = repoFilter(c);
  const found: StoredRepo[] = [];
  for (const repo of await c.env.config.store.list()) {
    if (kindOf(repo) !== kind || !canSee(repo, user)) continue;
    if (await isAskedFor(repo, mainOf(repo))) found.push(repo);
  }
  const sorted = sortRepos(found, c.req.query("sort") ?? "trendingScore");
  const { listPageSize } = c.env.config;
  const part = page(c, sorted, { defaultLimit: listPageSize, maxLimit: listPageSize });
  const fields = new Set(
    expand.length > 0
      ? expand
      : [
          ...LISTED_FIELDS[kind],
          ...(flag(c, "full") ? FULL_FIELDS : []),
          ...["config", "cardData"].filter((name) => flag(c, name)),
        ],
  );
  const items = [];
  for (const repo of part.items) {
    items.push(await repoFields(repo, { fields, blobs: false, snapshot: mainOf(repo) }));
  }
  return jsonAnswer(items, { headers: part.headers });
}

function mainOf(repo: StoredRepo): () => Promise<RepoSnapshot | undefined> {
  return () => snapshotAt(repo, "main").catch(() => undefined);
}

function sortRepos(repos: readonly StoredRepo[], sort: string): readonly StoredRepo[] {
  const key = Object.hasOwn(SORTS, sort) ? SORTS[sort] : undefined;
  if (!key) throw badRequest(`Invalid sort: ${sort}`);
  return repos.toSorted((a, b) => {
    const [left, right] = [key(a.settings), key(b.settings)];
    return left === right ? (a.repoId < b.repoId ? -1 : 1) : left < right ? 1 : -1;
  });
}
