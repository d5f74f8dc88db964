import { askModels } from "../request/ask-backend.ts";
import type { DownloadBackend } from "../contract/backend.ts";
import type { DownloadEventBody } from "../contract/events.ts";
import { createHubClient } from "../hub/client.ts";
import { searchModels, type ListedModel, type ModelQuery } from "./search-models.ts";
import { readSettings, type SettingsOptions } from "../settings/settings.ts";

/** What to list, and of which Hub. */
export interface ListModelsOptions
  extends ModelQuery, Pick<SettingsOptions, "endpoint" | "token" | "env"> {
  /** Told of waits, retries and warnings. */
  readonly onEvent?: ((event: DownloadEventBody) => void) | undefined;
  readonly fetch?: typeof fetch | undefined;
  /** Asks the Hub instead of the native engine. */
  readonly backend?: DownloadBackend | undefined;
}

/**
 * Models of the Hub, searched and sorted by the server, fetched page by page (500 at most) as they are read; by
 * default those with the tag `mlx`. Throws `settings/invalid` and the `hub/…` errors.
 */
export async function* listModels(
  options: ListModelsOptions = {},
): AsyncGenerator<ListedModel, void, undefined> {
  const { onEvent, signal, fetch, backend } = options;
  const env = options.env ?? process.env;
  const settings = await readSettings({ ...options, env });
  const client = createHubClient(settings, { env, onEvent, signal, fetch });
  try {
    const query = { ...options, tags: options.tags ?? ["mlx"] };
    if (backend) {
      const anonymous = options.token === false;
      yield* askModels(backend, { client, anonymous, signal, query });
    } else yield* searchModels(client, query);
  } finally {
    await client.close();
  }
}
