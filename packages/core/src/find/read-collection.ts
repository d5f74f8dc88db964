import { codedError } from "../contract/coded-error.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { HubOptions } from "../contract/options.ts";
import { isObject, stringField } from "../hub/json-value.ts";
import { isRepoId } from "../hub/repo-segments.ts";
import { openHubs } from "../request/hubs.ts";
import { readSettings } from "../settings/settings.ts";

/** A model of a collection. */
export interface CollectionModel {
  readonly repoId: string;
  /** The comment of the collection's owner. Null without one. */
  readonly note: string | null;
  readonly gated: false | "auto" | "manual";
}

/** A collection on the Hub. */
export interface Collection {
  /** `owner/title-id`. */
  readonly slug: string;
  readonly title: string;
  readonly description: string;
  readonly owner: string;
  /** ISO 8601. Null where the Hub does not say. */
  readonly lastUpdated: string | null;
  readonly private: boolean;
  /** In the order of the collection. */
  readonly models: readonly CollectionModel[];
  /** Collections in it, by their slugs. */
  readonly collections: readonly string[];
  /** Datasets, spaces, papers and so on, which are no models. */
  readonly others: number;
}

const SLUG = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,200}$/;
/** A server that names more is not believed. */
const MOST_ITEMS = 10_000;
const MOST_TEXT = 2000;

/**
 * Reads `owner/title-id`, also with `collection:` in front or as the address of a collection's page. Throws
 * `collection/invalid`.
 */
export function parseCollectionRef(text: string): string {
  const slug = text
    .trim()
    .replace(/^collection:/i, "")
    .replace(/^(?:https?:\/\/)?(?:www\.)?(?:huggingface\.co|hf\.co)\/collections\//i, "")
    .replace(/[/?#]+$/, "");
  if (SLUG.test(slug) && !slug.includes("..")) return slug;
  throw new ModelDownloadError(
    `${JSON.stringify(text.slice(0, 120))} names no collection`,
    "collection/invalid",
    {
      hint: "Write collection:owner/title-id, as in the address of the collection's page.",
      data: { ref: text.slice(0, 120) },
    },
  );
}

/**
 * Reads a collection of the Hub with all its items. One call. Throws `collection/invalid`, `collection/not-found` (also for
 * a private one without access), and the `hub/…` errors.
 */
export async function readCollection(ref: string, options: HubOptions = {}): Promise<Collection> {
  const slug = parseCollectionRef(ref);
  const { env = process.env, onEvent, signal, fetch } = options;
  const settings = await readSettings({ ...options, env });
  if (settings.offline) {
    throw new ModelDownloadError(
      `collection ${slug} cannot be read offline`,
      "offline/not-cached",
      {
        hint: "Run again without the option `offline` and without HF_HUB_OFFLINE.",
      },
    );
  }
  const hubs = openHubs(settings, {
    env,
    fetch,
    signal,
    onEvent: onEvent && ((event) => onEvent({ ...event, at: Date.now(), repoId: slug })),
  });
  try {
    const { value } = await hubs.ask(async (client) => {
      const url = client.url(["api", "collections", ...slug.split("/")]);
      return client.json(url, { question: { kind: "list" }, signal });
    });
    return collectionOf(slug, value.value);
  } catch (error) {
    throw isAbsent(error) ? notFound(slug, error) : codedError(error, undefined);
  } finally {
    await hubs.close();
  }
}

const isAbsent = (error: unknown): error is ModelDownloadError =>
  error instanceof ModelDownloadError &&
  (error.data["status"] === 404 ||
    (error.data["status"] === 401 && error.code !== "hub/unauthorized"));

function notFound(slug: string, cause: ModelDownloadError): ModelDownloadError {
  return new ModelDownloadError(`There is no collection ${slug}`, "collection/not-found", {
    hint: "Take its name from the address of its page. For a private one, set HF_TOKEN or log in (mlx-download login).",
    data: { slug },
    cause,
  });
}

function collectionOf(slug: string, value: unknown): Collection {
  const items = isObject(value) ? value["items"] : undefined;
  if (!isObject(value) || !Array.isArray(items) || items.length > MOST_ITEMS) {
    throw new ModelDownloadError(
      `the answer about collection ${slug} is none`,
      "hub/bad-response",
      {
        hint: "Check that the endpoint is a Hub. Many mirrors have no collections.",
      },
    );
  }
  const models = new Map<string, CollectionModel>();
  const collections: string[] = [];
  let others = 0;
  for (const item of items as readonly unknown[]) {
    const id = stringField(item, "id") ?? "";
    const type = stringField(item, "type") ?? stringField(item, "repoType");
    const nested = stringField(item, "slug") ?? id;
    if (type === "model" && isRepoId(id)) models.set(id, modelOf(id, item));
    else if (type === "collection" && SLUG.test(nested)) collections.push(nested);
    else others += 1;
  }
  const { owner } = value;
  const updated = Date.parse(stringField(value, "lastUpdated") ?? "");
  return {
    slug,
    title: short(stringField(value, "title")) ?? slug,
    description: short(stringField(value, "description")) ?? "",
    owner:
      short(typeof owner === "string" ? owner : stringField(owner, "name")) ??
      slug.split("/")[0] ??
      "",
    lastUpdated: Number.isNaN(updated) ? null : new Date(updated).toISOString(),
    private: value["private"] === true,
    models: [...models.values()],
    collections,
    others,
  };
}

function modelOf(repoId: string, item: unknown): CollectionModel {
  const { note, gated } = isObject(item) ? item : {};
  const text = typeof note === "string" ? note : stringField(note, "text");
  return {
    repoId,
    note: short(text) ?? null,
    gated: gated === "auto" || gated === "manual" ? gated : false,
  };
}

const short = (text: string | undefined): string | undefined =>
  text === undefined || text === "" ? undefined : text.slice(0, MOST_TEXT);
