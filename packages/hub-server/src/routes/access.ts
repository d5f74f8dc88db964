import type { RepoType } from "@mlx-download/cache";
import type { MiddlewareHandler } from "hono";
import { rawPath, type HubContext, type HubEnv } from "../http/hub-env.ts";
import { textAnswer } from "../http/json-answer.ts";
import {
  badRequest,
  disabledRepo,
  gatedAnonymous,
  gatedRefused,
  repoNotFound,
  tokenRefused,
} from "../http/refusal.ts";
import { kindOf } from "../store/repo-kind.ts";
import type { HubUser, StoredRepo } from "../store/repo-store.ts";

/**
 * The user who asks. Undefined without an Authorization header. A token that the store does not
 * know is refused.
 */
export async function identify(c: HubContext): Promise<HubUser | undefined> {
  if (c.req.header("authorization") === undefined) return undefined;
  const token = bearerToken(c);
  if (token === undefined) throw tokenRefused("malformed");
  const { store } = c.env.config;
  const user = await store.userOf(token);
  if (!user) throw tokenRefused((await store.refusalOf?.(token)) ?? "unknown");
  return user;
}

/**
 * The token of the request. Undefined without one, also when the header contains something else.
 */
export function bearerToken(c: HubContext): string | undefined {
  return /^Bearer +(\S+)$/i.exec(c.req.header("authorization") ?? "")?.[1];
}

/** Whether the user may see the repo at all. */
export function canSee({ repoId, settings }: StoredRepo, user: HubUser | undefined): boolean {
  if (!settings.private) return true;
  const owner = repoId.split("/")[0] ?? "";
  return (
    user !== undefined &&
    (user.name === owner ||
      user.orgs?.includes(owner) === true ||
      settings.readers.includes(user.name))
  );
}

/** Refuses a gated repo's files to a user who has no access. Most of its metadata stays readable. */
export function checkGate(repo: StoredRepo, user: HubUser | undefined): void {
  if (mayPassGate(repo, user)) return;
  const { repoId, settings } = repo;
  if (user === undefined) throw gatedAnonymous(repoId);
  const { requests } = settings;
  throw gatedRefused(repoId, Object.hasOwn(requests, user.name) ? requests[user.name] : undefined);
}

/** Whether the repo has no gate, or the user is behind it: its owner, or granted access. */
export function mayPassGate({ repoId, settings }: StoredRepo, user: HubUser | undefined): boolean {
  if (settings.gated === false) return true;
  const owner = repoId.split("/")[0] ?? "";
  return (
    user !== undefined &&
    (user.name === owner ||
      user.orgs?.includes(owner) === true ||
      settings.accepted.includes(user.name))
  );
}

/**
 * Finds the repo that the path names after `prefix` segments, in `idSegments` segments, and the
 * rest of the path after it and the verb. A former id, and one in other letter case, is answered
 * with a relative 307: on the API (recorded 2026-09-23, to another owner 2026-09-08) and on
 * `/resolve/` (huggingface/hf-hub#103, 2025-04-23).
 */
export function findRepo(options: {
  kind: RepoType;
  prefix: number;
  idSegments: number;
  /** Segments between the id and `rest`: 1 (default) is a verb. */
  verb?: 0 | 1;
}): MiddlewareHandler<HubEnv> {
  const { kind, prefix, idSegments, verb = 1 } = options;
  return async (c, next) => {
    const segments = rawPath(c).slice(1).split("/");
    const id = segments.slice(prefix, prefix + idSegments).map(decodeURIComponent);
    if (id.some((part) => part.includes("/"))) throw badRequest("Invalid repo id");
    const user = await identify(c);
    const repo = await c.env.config.store.find(id.join("/"), kind);
    if (!repo || kindOf(repo) !== kind || !canSee(repo, user))
      throw repoNotFound(user !== undefined);
    if (repo.repoId !== id.join("/")) {
      const rest = segments.slice(prefix + idSegments);
      const path = [...segments.slice(0, prefix), repo.repoId, ...rest].join("/");
      return movedTo(c, `${c.env.config.basePath}/${path}`);
    }
    if (repo.settings.disabled) throw disabledRepo();
    c.set("user", user);
    c.set("repo", repo);
    c.set("rest", segments.slice(prefix + idSegments + verb).map(decodeURIComponent));
    await next();
    return undefined;
  };
}

function movedTo(c: HubContext, path: string): Response {
  return textAnswer(`Temporary Redirect. Redirecting to ${path}`, {
    status: 307,
    headers: { location: path + new URL(c.req.url).search },
  });
}
