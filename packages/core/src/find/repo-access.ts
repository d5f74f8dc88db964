import { codedError } from "../contract/coded-error.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { HubOptions } from "../contract/options.ts";
import { apiSegments } from "../hub/repo-segments.ts";
import { readRepoRequest } from "../request/repo-request.ts";
import type { RepoRef } from "../settings/ref.ts";

/** Whether a repo's files are given: `gated`, where the owner asks for a request first, or `none` for any other refusal. */
export type RepoAccess = "open" | "gated" | "none";

const REFUSALS: Readonly<Record<string, RepoAccess>> = {
  "hub/gated": "gated",
  "hub/repo-not-found": "none",
  "hub/unauthorized": "none",
  "hub/forbidden": "none",
  "hub/disabled": "none",
};

/**
 * Whether the Hub gives the files of a repo to the token of the options (`token: false`: to everyone). One call. A Hub
 * without the route `auth-check` counts as one that does not. Rejects when the Hub is away.
 */
export async function repoAccess(
  ref: string | RepoRef,
  options: HubOptions = {},
): Promise<RepoAccess> {
  const request = await readRepoRequest(ref, options);
  const { repoId, repoType, hubs, signal } = request;
  try {
    await hubs.ask(async (client) => {
      const url = client.url([...apiSegments({ repoId, repoType }), "auth-check"]);
      return client.request(url, { question: { kind: "repo", repoId }, signal });
    });
    return "open";
  } catch (error) {
    const refusal = error instanceof ModelDownloadError ? REFUSALS[error.code] : undefined;
    if (refusal !== undefined) return refusal;
    throw codedError(error, repoId);
  } finally {
    await hubs.close();
  }
}
