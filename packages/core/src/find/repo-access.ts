import { codedError } from "../contract/coded-error.ts";
import type { HubOptions } from "../contract/options.ts";
import { askRepoAccess, type RepoAccess } from "../hub/ask-repo-access.ts";
import { readRepoRequest } from "../request/repo-request.ts";
import type { RepoRef } from "../settings/ref.ts";

/**
 * Whether the Hub gives the files of a repo to the token of the options (`token: false`: to everyone). One call. A Hub
 * without the route `auth-check` counts as one that does not. Rejects when the Hub is away.
 */
export async function repoAccess(
  ref: string | RepoRef,
  options: HubOptions = {},
): Promise<RepoAccess> {
  const request = await readRepoRequest(ref, options);
  const { hubs, signal, repoId } = request;
  try {
    const { value } = await hubs.ask((client) => askRepoAccess(client, request, signal));
    return value;
  } catch (error) {
    throw codedError(error, repoId);
  } finally {
    await hubs.close();
  }
}
