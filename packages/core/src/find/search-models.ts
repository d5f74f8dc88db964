import { isCommit } from "@mlx-download/cache";
import type { ListedModel, ModelQuery } from "../contract/listed-model.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import { redactUrl } from "../http/redact.ts";
import type { HubClient } from "../hub/hub-client.ts";
import { isObject, stringField } from "../hub/json-value.ts";
import { nextPage } from "../hub/next-page.ts";
import { isRepoId } from "../hub/repo-segments.ts";

const SORT_KEYS = {
  downloads: "downloads",
  likes: "likes",
  created: "createdAt",
  modified: "lastModified",
  trending: "trendingScore",
} as const;

/**
 * The models that match, by the server's search, page by page as they are read. A server that repeats itself ends the
 * listing. Malformed entries are skipped. Throws the `hub/…` errors.
 */
export async function* searchModels(
  client: HubClient,
  query: ModelQuery,
): AsyncGenerator<ListedModel, void, undefined> {
  const { limit } = query;
  if (limit !== undefined && limit <= 0) return;
  const { listModels } = await import("@huggingface/hub");
  const { search, author, tags, sort = "downloads" } = query;
  const seen = new Set<string>();
  const entries = listModels({
    hubUrl: client.settings.endpoint,
    fetch: pagingFetch(client, query.signal),
    search: {
      ...(search && { query: search }),
      ...(author && { owner: author }),
      ...(tags && { tags: [...tags] }),
    },
    sort: SORT_KEYS[sort],
    ...(limit !== undefined && { limit }),
    additionalFields: [
      "createdAt",
      "library_name",
      "tags",
      ...(query.counts ? (["safetensors", "sha"] as const) : []),
    ],
  });
  for await (const entry of entries) {
    const model = listedModel(entry);
    if (!model || seen.has(model.repoId)) continue;
    seen.add(model.repoId);
    yield model;
  }
}

/**
 * The client's `fetch` made safe for @huggingface/hub's paging loop, which takes any answer for an array of models
 * and follows `Link` wherever it points: entries without an id are dropped, `next` stays on the endpoint and leads to
 * pages that have not been seen.
 */
function pagingFetch(client: HubClient, signal: AbortSignal | undefined): typeof fetch {
  const asked = new Set<string>();
  const firstIds = new Set<string>();
  return async (input) => {
    const url = new URL(input instanceof Request ? input.url : input);
    asked.add(url.href);
    const { value: page, headers } = await client.json(url, { question: { kind: "list" }, signal });
    if (!Array.isArray(page)) throw notAListing(url);
    const models = page.filter((item) => stringField(item, "id") !== undefined);
    const firstId = stringField(models[0], "id");
    if (firstId === undefined || firstIds.has(firstId)) return Response.json([]);
    firstIds.add(firstId);
    const next = nextPage(headers.get("link") ?? undefined, url);
    const link = next && !asked.has(next.href) ? { link: `<${next.href}>; rel="next"` } : {};
    return Response.json(models, { headers: link });
  };
}

function listedModel(entry: object): ListedModel | undefined {
  const fields: Readonly<Record<string, unknown>> = { ...entry };
  const repoId = stringField(fields, "name");
  if (repoId === undefined || !isRepoId(repoId)) return undefined;
  const { tags, gated } = fields;
  return {
    repoId,
    downloads: count(fields["downloads"]),
    likes: count(fields["likes"]),
    tags: Array.isArray(tags) ? tags.filter((tag) => typeof tag === "string") : [],
    createdAt: isoDate(fields["createdAt"]),
    lastModified: isoDate(fields["updatedAt"]),
    gated: gated === "auto" || gated === "manual" ? gated : false,
    private: fields["private"] === true,
    pipelineTag: stringField(fields, "task"),
    libraryName: stringField(fields, "library_name"),
    ...commitOf(fields["sha"]),
    ...tensorCounts(fields["safetensors"]),
  };
}

const commitOf = (value: unknown): Pick<ListedModel, "commit"> =>
  typeof value === "string" && isCommit(value) ? { commit: value } : {};

const count = (value: unknown): number =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : 0;

function isoDate(value: unknown): string | undefined {
  if (!(value instanceof Date) && typeof value !== "string") return undefined;
  const date = new Date(value);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function notAListing(url: URL): ModelDownloadError {
  return new ModelDownloadError(
    `${url.host} answered with something that is not a list of models`,
    "hub/bad-response",
    {
      hint: "Check that HF_ENDPOINT names a Hub. Many mirrors cannot list.",
      data: { url: redactUrl(url) },
    },
  );
}

function tensorCounts(value: unknown): Pick<ListedModel, "tensorCounts"> {
  const parameters = isObject(value) ? value["parameters"] : undefined;
  if (!isObject(parameters)) return {};
  const counts = Object.entries(parameters).filter(
    (entry): entry is [string, number] => typeof entry[1] === "number",
  );
  return counts.length > 0 ? { tensorCounts: Object.fromEntries(counts) } : {};
}
