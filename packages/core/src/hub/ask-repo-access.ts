import { ModelDownloadError } from "../contract/errors.ts";
import type { HubClient } from "./hub-client.ts";
import { apiSegments, type TypedRepo } from "./repo-segments.ts";

/** Whether a repo's files are given: `gated`, where the owner asks for a request first, or `none` for any other refusal. */
export type RepoAccess = "open" | "gated" | "none";

const REFUSALS: Readonly<Record<string, RepoAccess>> = {
  "hub/gated": "gated",
  "hub/repo-not-found": "none",
  "hub/unauthorized": "none",
  "hub/forbidden": "none",
  "hub/disabled": "none",
};

/** Asks a Hub by `auth-check` whether it gives a repo's files to the client's token. Throws when the Hub is away. */
export async function askRepoAccess(
  client: HubClient,
  { repoId, repoType }: TypedRepo,
  signal: AbortSignal,
): Promise<RepoAccess> {
  const url = client.url([...apiSegments({ repoId, repoType }), "auth-check"]);
  try {
    await client.request(url, { question: { kind: "repo", repoId }, signal });
    return "open";
  } catch (error) {
    const refusal = error instanceof ModelDownloadError ? REFUSALS[error.code] : undefined;
    if (refusal === undefined) throw error;
    return refusal;
  }
}
