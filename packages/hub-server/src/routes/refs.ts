import { flag, page } from "../http/paging.ts";
import type { HubContext } from "../http/hub-env.ts";
import { jsonAnswer } from "../http/json-answer.ts";
import { snapshotAt, splitRevision } from "./revision.ts";

/** `GET /api/models/{id}/refs` */
export async function refs(c: HubContext): Promise<Response> {
  const all = await c.get("repo").refs();
  const below = (prefix: string): { name: string; ref: string; targetCommit: string }[] =>
    all
      .filter(({ ref }) => ref.startsWith(prefix))
      .map(({ ref, commit }) => ({ name: ref.slice(prefix.length), ref, targetCommit: commit }));
  return jsonAnswer({
    branches: below("refs/heads/"),
    converts: below("refs/convert/"),
    tags: below("refs/tags/"),
    ...(flag(c, "include_prs") ? { pullRequests: below("refs/pr/") } : {}),
  });
}

/** `GET /api/models/{id}/commits/{revision}` */
export async function commits(c: HubContext): Promise<Response> {
  const repo = c.get("repo");
  const { commit } = await snapshotAt(repo, splitRevision(c).revision);
  const history = await repo.history(commit);
  const part = page(c, history, { defaultLimit: 100, maxLimit: 1000 });
  const user = repo.repoId.split("/")[0] ?? "";
  const items = part.items.map(({ commit: id, title, date }) => ({
    id,
    title,
    message: "",
    date,
    authors: [{ user, avatar: "/avatars/x.svg" }],
  }));
  return jsonAnswer(items, {
    headers: { "x-total-count": String(history.length), ...part.headers },
  });
}
