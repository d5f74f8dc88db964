import type { BlobSource } from "./blob-source.ts";
import { readFrontMatter, type CardValue } from "./front-matter.ts";
import type { StoredRepo } from "./repo-store.ts";

const MAX_BYTES = 1_000_000;

/** What a repo's own files say about it, read the way the Hub does to fill its listing. */
export interface ModelCard {
  readonly cardData: Readonly<Record<string, CardValue>>;
  /** The part of config.json that the Hub shows. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly libraryName: string | undefined;
  readonly pipelineTag: string | undefined;
}

/** Reads README.md and config.json of `main`; absent, oversized or malformed ones count as empty. */
export async function readModelCard(repo: StoredRepo): Promise<ModelCard> {
  const [readme, configText] = await Promise.all([
    readSmall(await repo.readMain("README.md")),
    readSmall(await repo.readMain("config.json")),
  ]);
  const cardData = readFrontMatter(readme ?? "");
  const parsed = parseObject(configText);
  const config = pick(parsed, ["architectures", "model_type", "quantization_config"]);
  const libraryName = repo.settings.libraryName ?? text(cardData["library_name"]);
  const pipelineTag = repo.settings.pipelineTag ?? text(cardData["pipeline_tag"]);
  const tags = [
    ...repo.settings.tags,
    ...[libraryName, text(config["model_type"]), pipelineTag].filter((tag) => tag !== undefined),
    ...texts(cardData["tags"]),
    ...texts(cardData["license"]).map((name) => `license:${name}`),
    ...texts(cardData["base_model"]).map((name) => `base_model:${name}`),
    ...texts(cardData["language"]),
    "region:us",
  ];
  return { cardData, config, tags: [...new Set(tags)], libraryName, pipelineTag };
}

async function readSmall(blob: BlobSource | undefined): Promise<string | undefined> {
  if (!blob || blob.size > MAX_BYTES) return undefined;
  const reader = await blob.open();
  try {
    const bytes = Buffer.alloc(blob.size);
    const count = await reader.read(bytes, 0);
    return bytes.toString("utf8", 0, count);
  } finally {
    await reader.close();
  }
}

function parseObject(json: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function pick(
  object: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => key in object).map((key) => [key, object[key]]));
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;

const texts = (value: CardValue | undefined): readonly string[] =>
  typeof value === "string" ? [value] : Array.isArray(value) ? value : [];
