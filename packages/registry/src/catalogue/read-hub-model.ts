import { estimateWeights, MLX_LM_TABLE, parseModelName } from "@mlx-download/fit";
import type { CatalogueModel } from "./catalogue-model.ts";

/** The fields that a listing is asked for, one `expand` each: light fields alone, since a page has 500 models. */
export const LISTED_FIELDS: readonly string[] = [
  "createdAt",
  "downloads",
  "gated",
  "lastModified",
  "library_name",
  "likes",
  "pipeline_tag",
  "private",
  "safetensors",
  "sha",
  "tags",
  "trendingScore",
];

const REPO_ID = /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9_][\w.-]{0,95}$/;
/** Every MLX model has them, or a column says it. */
const SILENT_TAGS =
  /^(?:mlx|safetensors|transformers|region:.*|license:.*|base_model:.*|arxiv:.*|dataset:.*|doi:.*|endpoints_compatible|text-generation-inference|\d+-bit|autotrain_compatible|deploy:.*|custom_code|conversational)$/;
const MOST_TAGS = 24;
const LONGEST_TAG = 60;

const ARCHITECTURES: ReadonlySet<string> = new Set([
  ...MLX_LM_TABLE.modules,
  ...Object.keys(MLX_LM_TABLE.remapping),
]);

/**
 * Reads one entry of the Hub's model list (`GET /api/models` with `expand`). Its values are not trusted: an entry
 * without a sound `_id` and `id` is undefined, every other field that makes no sense is null.
 */
export function readHubModel(item: unknown): CatalogueModel | undefined {
  if (typeof item !== "object" || item === null) return undefined;
  const entry = item as Readonly<Record<string, unknown>>;
  const hubId = text(entry["_id"]);
  const repoId = text(entry["id"]);
  if (hubId === null || !/^[0-9a-f]{24}$/.test(hubId)) return undefined;
  if (repoId === null || !REPO_ID.test(repoId)) return undefined;
  const given = entry["tags"];
  const tags = Array.isArray(given)
    ? given.filter((tag): tag is string => typeof tag === "string" && tag.length <= 200)
    : [];
  const task = word(entry["pipeline_tag"]);
  const { gated } = entry;
  const counts = tensorCounts(entry["safetensors"]);
  return {
    hubId,
    downloads: count(entry["downloads"]),
    likes: count(entry["likes"]),
    trending: number(entry["trendingScore"]) ?? 0,
    createdAt: date(entry["createdAt"]),
    modifiedAt: date(entry["lastModified"]),
    commit: commitOf(entry["sha"]),
    license: tagged(tags, "license:"),
    task,
    library: word(entry["library_name"]),
    arch: tags.find((tag) => ARCHITECTURES.has(tag)) ?? null,
    gated: gated === "auto" || gated === "manual" ? gated : null,
    private: entry["private"] === true,
    tags: tags
      .filter((tag) => !SILENT_TAGS.test(tag) && tag.length <= LONGEST_TAG && !/\s/.test(tag))
      .filter((tag) => tag !== task)
      .slice(0, MOST_TAGS),
    ...factsOfName(repoId, { tags, counts }),
  };
}

type NameFacts = Pick<
  CatalogueModel,
  "repoId" | "bits" | "quantization" | "parameters" | "weightsBytes" | "weightsSource" | "base"
>;

/** The facts in a model's name, its tags and the Hub's count of its tensors together. */
export function factsOfName(
  repoId: string,
  { tags, counts }: { tags: readonly string[]; counts?: Readonly<Record<string, number>> },
): NameFacts {
  const name = parseModelName(repoId);
  const weights = estimateWeights({ repoId, tags, tensorCounts: counts });
  const taggedBits = tags.map((tag) => /^([1-8])-bit$/.exec(tag)?.[1]).find((bits) => bits);
  return {
    repoId,
    bits: name.quantization?.bits ?? (taggedBits === undefined ? null : Number(taggedBits)),
    quantization:
      name.quantization?.label ?? (taggedBits === undefined ? null : `${taggedBits}bit`),
    parameters: weights?.parameters ?? null,
    weightsBytes: weights?.bytes ?? null,
    weightsSource: weights?.source ?? null,
    base: baseModel(tags, name.stem) ?? (name.stem || null),
  };
}

/**
 * The repo that a model is a variant of: the one that it was quantized from, else one of its own name. What it was trained
 * from is another model.
 */
function baseModel(tags: readonly string[], stem: string): string | undefined {
  const bases = tags
    .filter((tag) => tag.startsWith("base_model:"))
    .map((tag) => ({ tag, repoId: tag.slice(tag.lastIndexOf(":") + 1) }))
    .filter(({ repoId }) => REPO_ID.test(repoId));
  const chosen =
    bases.find(({ tag }) => tag.startsWith("base_model:quantized:")) ??
    bases.find(({ repoId }) => parseModelName(repoId).stem === stem);
  return chosen?.repoId;
}

function tagged(tags: readonly string[], prefix: string): string | null {
  return word(tags.find((tag) => tag.startsWith(prefix))?.slice(prefix.length));
}

function tensorCounts(value: unknown): Readonly<Record<string, number>> {
  const parameters =
    typeof value === "object" && value !== null && "parameters" in value ? value.parameters : {};
  if (typeof parameters !== "object" || parameters === null) return {};
  return Object.fromEntries(
    Object.entries(parameters).filter((entry): entry is [string, number] =>
      Number.isSafeInteger(entry[1]),
    ),
  );
}

const text = (value: unknown): string | null => (typeof value === "string" ? value : null);

const word = (value: unknown): string | null =>
  typeof value === "string" && /^[\w.:+-]{1,60}$/.test(value) ? value : null;

const number = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

const count = (value: unknown): number =>
  typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : 0;

const commitOf = (value: unknown): string | null =>
  typeof value === "string" && /^[0-9a-f]{40}$/.test(value) ? value : null;

function date(value: unknown): number | null {
  if (typeof value !== "string") return null;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : at;
}
