import type { BlobSource } from "./blob-source.ts";
import { readFrontMatter, type CardValue } from "./front-matter.ts";
import type { StoredRepo } from "./repo-store.ts";

const MAX_BYTES = 1_000_000;

/** The description of a repo in its own files, read as the Hub does for its listing. */
export interface ModelCard {
  readonly cardData: Readonly<Record<string, CardValue>>;
  /** The part of config.json that the Hub shows. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly libraryName: string | undefined;
  readonly pipelineTag: string | undefined;
  /** The first paragraph of the README that is no heading. */
  readonly description: string | undefined;
  /** How MLX has packed the weights. Undefined when it has not. */
  readonly quantization: PackedWeights | undefined;
}

/** Weights in 32-bit words. */
export interface PackedWeights {
  /** Bits of one weight of the tensor. Undefined for a layer that is not packed. */
  readonly bitsOf: (tensorName: string) => number | undefined;
}

/**
 * Reads README.md and config.json of `main`. Absent, oversized or malformed ones count as empty.
 */
export async function readModelCard(repo: StoredRepo): Promise<ModelCard> {
  const [readme, configText] = await Promise.all([
    readSmall(await repo.readMain("README.md")),
    readSmall(await repo.readMain("config.json")),
  ]);
  const cardData = readFrontMatter(readme ?? "");
  const parsed = parseObject(configText);
  const quantization = packedWeights(parsed["quantization"] ?? parsed["quantization_config"]);
  // Of the quantization only these: mlx-community/Qwen3.5-9B-4bit as listed on 2026-09-18 has `{"bits":4}`.
  const shown = pick(objectOf(parsed["quantization_config"]), ["bits", "quant_method"]);
  const config: Record<string, unknown> = {
    ...pick(parsed, ["architectures", "model_type"]),
    ...("quantization_config" in parsed ? { quantization_config: shown } : {}),
  };
  const libraryName = repo.settings.libraryName ?? text(cardData["library_name"]);
  const pipelineTag = repo.settings.pipelineTag ?? text(cardData["pipeline_tag"]);
  const tags = [
    ...repo.settings.tags,
    ...[libraryName, text(config["model_type"]), pipelineTag].filter((tag) => tag !== undefined),
    ...texts(cardData["tags"]),
    ...texts(cardData["license"]).map((name) => `license:${name}`),
    ...texts(cardData["base_model"]).flatMap((name) => [
      `base_model:${name}`,
      ...(quantization ? [`base_model:quantized:${name}`] : []),
    ]),
    ...texts(cardData["language"]),
    "region:us",
  ];
  const description = firstParagraph(readme ?? "");
  return {
    cardData,
    config,
    tags: [...new Set(tags)],
    libraryName,
    pipelineTag,
    description,
    quantization,
  };
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
    return objectOf(JSON.parse(json ?? "{}"));
  } catch {
    return {};
  }
}

function firstParagraph(readme: string): string | undefined {
  const body = readme.replace(/^---\r?\n[\s\S]*?\n---(?:\r?\n|$)/, "");
  return body
    .split(/\r?\n\s*\r?\n/)
    .map((part) => part.replaceAll(/^\s*#.*$/gm, "").trim())
    .find((part) => part !== "");
}

/** `{bits, group_size, <layer>: {bits} or false}`, as mlx-lm writes `quantization` into config.json. */
function packedWeights(value: unknown): PackedWeights | undefined {
  const { bits, ...layers } = objectOf(value);
  if (typeof bits !== "number" || !(bits > 0)) return undefined;
  return {
    bitsOf(tensorName) {
      const layer = tensorName.replace(/\.[^.]+$/, "");
      const own = Object.hasOwn(layers, layer) ? layers[layer] : undefined;
      if (own === false) return undefined;
      const ownBits = objectOf(own)["bits"];
      return typeof ownBits === "number" && ownBits > 0 ? ownBits : bits;
    },
  };
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? { ...value } : {};
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
