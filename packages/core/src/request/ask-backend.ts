import { isCommit } from "@mlx-download/cache";
import type { RepoRequest } from "./repo-request.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { HubClient } from "../hub/hub-client.ts";
import { readTree, type TreeListing } from "../hub/list-tree.ts";
import type { Question } from "../hub/question.ts";
import { stringField } from "../hub/json-value.ts";
import { retrying, type Try } from "../hub/retrying.ts";
import { isRepoId } from "../hub/repo-segments.ts";
import type { ListedModel, ModelQuery } from "../contract/listed-model.ts";
import type { BackendHub, BackendRepo, DownloadBackend } from "../contract/backend.ts";
import { failedTry } from "./backend-failure.ts";

/** Where a backend's question comes from. */
export interface Asker {
  readonly client: HubClient;
  readonly anonymous: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** The Hub details given to a backend. The token is included only where our own requests would carry it. */
export function backendHub({ client, anonymous, signal }: Asker): BackendHub {
  const { endpoint, etagTimeoutMs } = client.settings;
  return {
    endpoint,
    token: anonymous ? false : client.tokens.token(),
    etagTimeoutMs,
    signal: signal ?? new AbortController().signal,
    emit: client.emit,
  };
}

/**
 * Runs one call of a backend, with the retries, waits and coded errors of our own requests. Where the Hub refuses our
 * token, the call runs once more with a renewed token or without one.
 */
export function askBackend<T>(
  call: () => Promise<T>,
  asker: Asker & { readonly question: Question },
): Promise<T> {
  const { client, signal, question } = asker;
  const { endpoint, tokenSource } = client.settings;
  const { tokens } = client;
  const attempt = async (): Promise<Try<T>> => {
    signal?.throwIfAborted();
    const token = tokens.token();
    const refused = tokens.refused();
    try {
      const value = await call();
      if (token === false) tokens.tellRefused();
      return { value };
    } catch (error) {
      signal?.throwIfAborted();
      const sent = typeof token === "string" && !asker.anonymous;
      const source = sent ? tokenSource : undefined;
      const failed = await failedTry(error, { endpoint, tokenSource: source, refused, question });
      if (!sent || failed.error.code !== "hub/unauthorized") return { failed };
      await tokens.giveUp(token, stringField(failed.error.data, "serverMessage"), signal);
      return attempt();
    }
  };
  return retrying(attempt, { emit: client.emit, signal, path: question.path });
}

/** A request at one of its Hubs. */
export type RequestAtHub = RepoRequest & Pick<Asker, "client" | "anonymous">;

const repoOf = (request: RequestAtHub, revision: string): BackendRepo => ({
  ...backendHub(request),
  repoId: request.repoId,
  revision,
});

/** The commit of the request's revision. Throws the `hub/…` errors. */
export async function askCommit(backend: DownloadBackend, request: RequestAtHub): Promise<string> {
  const { repoId, revision } = request;
  const question: Question = { kind: "revision", repoId, revision };
  const commit = await askBackend(() => backend.resolveCommit(repoOf(request, revision)), {
    ...request,
    question,
  });
  if (typeof commit === "string" && isCommit(commit)) return commit;
  throw new ModelDownloadError(
    `the ${backend.name} backend names no commit for ${repoId} at ${revision}`,
    "hub/bad-response",
    { hint: "Check that the endpoint is a Hub.", repoId, data: { revision } },
  );
}

/** Every file at a commit, checked as our own listing is. Throws `hub/unsafe-tree` and the other `hub/…` errors. */
export async function askTree(
  backend: DownloadBackend,
  request: RequestAtHub,
  commit: string,
): Promise<TreeListing> {
  const question: Question = { kind: "revision", repoId: request.repoId, revision: commit };
  const items = await askBackend(() => backend.listTree(repoOf(request, commit)), {
    ...request,
    question,
  });
  return readTree(items, request.emit);
}

/** Matching models. Entries without a repo id are left out. Throws the `hub/…` errors. */
export async function* askModels(
  backend: DownloadBackend,
  asker: Asker & { readonly query: ModelQuery },
): AsyncGenerator<ListedModel, void, undefined> {
  const { endpoint, tokenSource } = asker.client.settings;
  const context = { endpoint, tokenSource, question: { kind: "list" } } as const;
  try {
    for await (const model of backend.listModels(backendHub(asker), asker.query)) {
      if (isRepoId(model.repoId)) yield model;
    }
  } catch (error) {
    asker.signal?.throwIfAborted();
    throw (await failedTry(error, context)).error;
  }
}
