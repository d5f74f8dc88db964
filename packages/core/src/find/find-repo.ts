import { ModelDownloadError } from "../contract/errors.ts";
import type { HubOptions } from "../contract/options.ts";
import { stringField } from "../hub/json-value.ts";
import { apiSegments } from "../hub/repo-segments.ts";
import { openHubs } from "../request/hubs.ts";
import { readSettings } from "../settings/settings.ts";

/**
 * The id by which the Hub knows a model: `openai-community/gpt2` for the old `gpt2`, the new name of a renamed one.
 * Undefined when it has none of that name for this caller. One call. Throws the other `hub/…` errors.
 */
export async function findRepoId(
  repoId: string,
  options: HubOptions = {},
): Promise<string | undefined> {
  const { env = process.env, onEvent, signal, fetch } = options;
  const settings = await readSettings({ ...options, env });
  const hubs = openHubs(settings, {
    env,
    fetch,
    signal,
    onEvent: onEvent && ((event) => onEvent({ ...event, at: Date.now(), repoId })),
  });
  try {
    const { value: answer } = await hubs.ask((client) => {
      const url = client.url(apiSegments({ repoId }), { expand: "sha" });
      return client.json(url, { question: { kind: "repo", repoId } });
    });
    return stringField(answer.value, "id");
  } catch (error) {
    const absent = error instanceof ModelDownloadError && error.code === "hub/repo-not-found";
    if (absent) return undefined;
    throw error;
  } finally {
    await hubs.close();
  }
}
