import { ModelDownloadError } from "../contract/errors.ts";
import type { DownloadEventBody } from "../contract/events.ts";
import { readBudget } from "../http/rate-budget.ts";
import type { HubClient } from "../hub/hub-client.ts";
import { nextPage } from "../hub/next-page.ts";
import { openHubs } from "../request/hubs.ts";
import { readSettings, type SettingsOptions } from "../settings/settings.ts";

/** The Hub to list, and the fields of every model. */
export interface OpenModelListOptions extends Pick<
  SettingsOptions,
  "endpoint" | "token" | "tokenSource" | "env" | "offline"
> {
  /** One `expand` each, in the Hub's words: `downloads`, `lastModified`, `tags` … */
  readonly fields: readonly string[];
  /** Told of waits, retries and warnings. */
  readonly onEvent?: ((event: DownloadEventBody) => void) | undefined;
  readonly fetch?: typeof fetch | undefined;
}

/** One page of the list of models with the tag `mlx`, in descending order. */
export interface ModelListRequest {
  readonly sort: "lastModified" | "downloads" | "trendingScore";
  /** Models a page. The Hub gives 500 at most. */
  readonly limit: number;
  /** Letters that stand so in the name, in any case. */
  readonly search?: string | undefined;
  readonly author?: string | undefined;
  /** The `next` of another page, of this or an earlier process. */
  readonly next?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A page as the Hub gives it. `cursor-refused` when it no longer accepts `next`. */
export type ModelListPage =
  | {
      readonly items: readonly unknown[];
      readonly next?: string | undefined;
      /** The requests that the Hub still allows in this window of time. */
      readonly budget?:
        | { readonly remaining: number; readonly quota: number; readonly resetMs: number }
        | undefined;
    }
  | "cursor-refused";

/** The raw list of a Hub's MLX models, for who keeps a catalogue. */
export interface ModelList {
  readonly endpoint: string;
  /** Throws the `hub/…` errors. */
  listModels(request: ModelListRequest): Promise<ModelListPage>;
  /** One model as the Hub gives it, under its present name. Undefined when no visible one exists. */
  findModel(
    repoId: string,
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<unknown>;
  close(): Promise<void>;
}

/** Opens the list of a Hub. The first request is for the first page. Throws `settings/invalid`. */
export async function openModelList(options: OpenModelListOptions): Promise<ModelList> {
  const env = options.env ?? process.env;
  const settings = await readSettings({ ...options, env });
  const { endpoint } = settings;
  const hubs = openHubs(settings, { env, onEvent: options.onEvent, fetch: options.fetch });
  return {
    endpoint,
    async listModels({ next, signal, ...request }) {
      const page = (client: HubClient, url: URL): Promise<ModelListPage> =>
        askPage(client, url, signal);
      if (next === undefined) {
        const { fields } = options;
        return (
          await hubs.ask((client) => page(client, firstPage(listOf(client), request, fields)))
        ).value;
      }
      // It was stored: only the Hub that gave it may be asked for it.
      const url = URL.parse(next);
      const client = url === null ? undefined : hubs.all.find((one) => isPageOf(one, url));
      if (client === undefined || url === null) return "cursor-refused";
      try {
        return await page(client, url);
      } catch (error) {
        if (isRefused(error)) return "cursor-refused";
        throw error;
      }
    },
    async findModel(repoId, { signal }) {
      try {
        const { value: answer } = await hubs.ask((client) => {
          const url = client.url(["api", "models", ...repoId.split("/")]);
          return client.json(url, { question: { kind: "repo", repoId }, signal });
        });
        return answer.value;
      } catch (error) {
        if (error instanceof ModelDownloadError && GONE.has(error.code)) return undefined;
        throw error;
      }
    },
    close: () => hubs.close(),
  };
}

const listOf = (client: HubClient): URL => client.url(["api", "models"]);

function isPageOf(client: HubClient, { origin, pathname }: URL): boolean {
  const list = listOf(client);
  return origin === list.origin && pathname === list.pathname;
}

async function askPage(
  client: HubClient,
  url: URL,
  signal: AbortSignal | undefined,
): Promise<ModelListPage> {
  const { value, headers } = await client.json(url, { question: { kind: "list" }, signal });
  if (!Array.isArray(value)) throw notAList(listOf(client));
  return {
    items: value as readonly unknown[],
    next: nextPage(headers.get("link"), url)?.href,
    budget: readBudget(headers),
  };
}

/** The Hub's answers for a repo that is deleted, made private or disabled. */
const GONE: ReadonlySet<string> = new Set(["hub/repo-not-found", "hub/disabled"]);

function firstPage(
  base: URL,
  { sort, limit, search, author }: Omit<ModelListRequest, "next" | "signal">,
  fields: readonly string[],
): URL {
  const url = new URL(base);
  const { searchParams } = url;
  searchParams.set("filter", "mlx");
  searchParams.set("sort", sort);
  searchParams.set("limit", String(limit));
  if (search !== undefined) searchParams.set("search", search);
  if (author !== undefined) searchParams.set("author", author);
  for (const field of fields) searchParams.append("expand", field);
  return url;
}

/** A 4xx that is about the address, not about who asks or how often. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof ModelDownloadError)) return false;
  const status = error.data["status"];
  return typeof status === "number" && [400, 404, 410, 422].includes(status);
}

function notAList(url: URL): ModelDownloadError {
  return new ModelDownloadError(
    `${url.host} answered with something that is not a list of models`,
    "hub/bad-response",
    {
      hint: "Check that HF_ENDPOINT names a Hub. Many mirrors cannot list.",
      data: { url: url.origin + url.pathname },
    },
  );
}
