import { isCommit } from "@mlx-download/cache";
import { codedError } from "../contract/coded-error.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { HubOptions } from "../contract/options.ts";
import type { HubClient } from "../hub/hub-client.ts";
import { isObject, stringField } from "../hub/json-value.ts";
import { nextPage } from "../hub/next-page.ts";
import { apiSegments } from "../hub/repo-segments.ts";
import { type RepoRequest, readRepoRequest } from "../request/repo-request.ts";
import type { RepoRef } from "../settings/ref.ts";

/** A commit of a repo on the Hub. The texts are their author's, unchecked. */
export interface HistoryCommit {
  /** 40 lower-case hex digits. */
  readonly commit: string;
  /** ISO 8601. Null when the Hub gives no valid date. */
  readonly date: string | null;
  readonly title: string;
}

/** The commits that led to a revision, and the names that the Hub has for them. */
export interface RepoHistory {
  readonly repoId: string;
  /** As asked for. */
  readonly revision: string;
  /** Newest first. */
  readonly commits: readonly HistoryCommit[];
  /** Older commits exist beyond the limit. */
  readonly more: boolean;
  /** Commit by name: branches as they are called, tags too. A branch wins over a tag of the same name. */
  readonly refs: Readonly<Record<string, string>>;
}

/** Commits a page. The Hub gives 1000 at most (hf_api.py, `list_repo_commits`). */
const PAGE = 100;

/**
 * The commits of a revision on the Hub, newest first: one call for each hundred, and one for the names of branches and
 * tags. `limit` (default 100) ends the list earlier. Rejects with `offline/not-cached` when requests are forbidden, and
 * with the `hub/…` errors.
 */
export async function listHistory(
  ref: string | RepoRef,
  { limit = PAGE, ...options }: HubOptions & { readonly limit?: number | undefined } = {},
): Promise<RepoHistory> {
  const request = await readRepoRequest(ref, options);
  const { repoId, revision, settings, hubs } = request;
  try {
    if (settings.offline) {
      throw new ModelDownloadError(
        `The commits of ${repoId} are known to the Hub alone`,
        "offline/not-cached",
        { hint: "Run again without the option `offline` and without HF_HUB_OFFLINE.", repoId },
      );
    }
    const { value } = await hubs.ask(async (client) => {
      const [found, refs] = await Promise.all([
        readCommits(client, request, limit),
        readRefs(client, request),
      ]);
      return { ...found, refs };
    });
    return { repoId, revision, ...value };
  } catch (error) {
    throw codedError(error, repoId);
  } finally {
    await hubs.close();
  }
}

async function readCommits(
  client: HubClient,
  { repoId, repoType, revision, signal }: RepoRequest,
  limit: number,
): Promise<Pick<RepoHistory, "commits" | "more">> {
  const question = { kind: "revision", repoId, revision } as const;
  const commits = new Map<string, HistoryCommit>();
  const segments = [...apiSegments({ repoId, repoType }), "commits", revision];
  const size = String(Math.min(PAGE, limit + 1));
  for (let url: URL | undefined = client.url(segments, { limit: size }); url;) {
    const { value, headers } = await client.json(url, { question, signal });
    if (!Array.isArray(value)) throw notAHistory(url, repoId);
    const before = commits.size;
    for (const item of value as readonly unknown[]) {
      const read = readCommit(item);
      if (read && !commits.has(read.commit)) commits.set(read.commit, read);
    }
    // A list that leads back to itself has nothing new to say.
    if (commits.size === before || commits.size > limit) break;
    url = nextPage(headers.get("link"), url);
  }
  return { commits: [...commits.values()].slice(0, limit), more: commits.size > limit };
}

function readCommit(item: unknown): HistoryCommit | undefined {
  const commit = stringField(item, "id")?.toLowerCase();
  if (commit === undefined || !isCommit(commit)) return undefined;
  const at = Date.parse(stringField(item, "date") ?? "");
  return {
    commit,
    date: Number.isNaN(at) ? null : new Date(at).toISOString(),
    title: stringField(item, "title") ?? "",
  };
}

/** Mirrors have no such list. The history is worth having without names. */
async function readRefs(
  client: HubClient,
  { repoId, repoType, signal }: RepoRequest,
): Promise<RepoHistory["refs"]> {
  const refs: Record<string, string> = {};
  try {
    const url = client.url([...apiSegments({ repoId, repoType }), "refs"]);
    const { value } = await client.json(url, { question: { kind: "repo", repoId }, signal });
    for (const kind of ["tags", "branches"]) {
      const list = isObject(value) ? value[kind] : undefined;
      for (const item of Array.isArray(list) ? (list as readonly unknown[]) : []) {
        const [name, commit] = [stringField(item, "name"), stringField(item, "targetCommit")];
        if (name !== undefined && commit !== undefined && isCommit(commit)) refs[name] = commit;
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof ModelDownloadError)) throw error;
  }
  return refs;
}

function notAHistory(url: URL, repoId: string): ModelDownloadError {
  return new ModelDownloadError(
    `${url.host} answered with something that is not a list of commits`,
    "hub/bad-response",
    {
      hint: "Check that HF_ENDPOINT names a Hub. Many mirrors have no history.",
      repoId,
      data: { url: url.origin + url.pathname },
    },
  );
}
