import { askModels } from "../request/ask-backend.ts";
import type { DownloadBackend } from "../contract/backend.ts";
import type { DownloadEventBody } from "../contract/events.ts";
import type { HubClient } from "../hub/hub-client.ts";
import { type Hubs, openHubs } from "../request/hubs.ts";
import { searchModels } from "./search-models.ts";
import type { ListedModel, ModelQuery } from "../contract/listed-model.ts";
import { readSettings, type SettingsOptions } from "../settings/settings.ts";

/** The models to list, and the Hub to ask. */
export interface ListModelsOptions
  extends ModelQuery, Pick<SettingsOptions, "endpoint" | "token" | "tokenSource" | "env"> {
  /** Told of waits, retries and warnings. */
  readonly onEvent?: ((event: DownloadEventBody) => void) | undefined;
  readonly fetch?: typeof fetch | undefined;
  /** Asks the Hub instead of the native engine. */
  readonly backend?: DownloadBackend | undefined;
}

/**
 * Models of the Hub, searched and sorted by the server, fetched page by page (500 at most) as they are read. By default
 * those with the tag `mlx`. Throws `settings/invalid` and the `hub/…` errors.
 */
export async function* listModels(
  options: ListModelsOptions = {},
): AsyncGenerator<ListedModel, void, undefined> {
  const { onEvent, signal, fetch, backend } = options;
  const env = options.env ?? process.env;
  const settings = await readSettings({ ...options, env });
  const hubs = openHubs(settings, { env, signal, fetch, onEvent });
  try {
    const query = { ...options, tags: options.tags ?? ["mlx"] };
    const anonymous = options.token === false;
    yield* listAt(hubs, (client) =>
      backend
        ? askModels(backend, { client, anonymous, signal, query })
        : searchModels(client, query),
    );
  } finally {
    await hubs.close();
  }
}

/** A listing at the first Hub that gives its beginning. The rest comes from that Hub, since no two Hubs list alike. */
export async function* listAt(
  hubs: Pick<Hubs, "ask">,
  list: (client: HubClient) => AsyncGenerator<ListedModel, void, undefined>,
): AsyncGenerator<ListedModel, void, undefined> {
  const { value } = await hubs.ask(async (client) => {
    const models = list(client);
    return { models, first: await models.next() };
  });
  const { models, first } = value;
  try {
    if (first.done === true) return;
    yield first.value;
    yield* models;
  } finally {
    await models.return();
  }
}
