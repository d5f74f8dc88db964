import type { RepoType } from "@mlx-download/cache";
import { stableId } from "../store/git-object.ts";
import { readModelCard, type ModelCard } from "../store/model-card.ts";
import type { RepoFile, RepoSnapshot, StoredRepo } from "../store/repo-store.ts";
import { countTensors } from "../store/tensor-count.ts";

const MODEL_LISTED = [
  "likes",
  "trendingScore",
  "private",
  "downloads",
  "tags",
  "pipeline_tag",
  "library_name",
  "createdAt",
  "modelId",
];

/** Default fields of a listing entry. Those of datasets and spaces are as in matrixhub-ai/hfd. */
export const LISTED_FIELDS: Readonly<Record<RepoType, readonly string[]>> = {
  model: MODEL_LISTED,
  kernel: MODEL_LISTED,
  dataset: [
    "author",
    "disabled",
    "gated",
    "lastModified",
    "likes",
    "trendingScore",
    "private",
    "sha",
    "description",
    "downloads",
    "tags",
    "createdAt",
  ],
  space: ["likes", "trendingScore", "private", "sdk", "tags", "createdAt"],
};

/** What `full=true` adds to a listing entry. */
export const FULL_FIELDS: readonly string[] = [
  "author",
  "sha",
  "lastModified",
  "gated",
  "disabled",
  "siblings",
];

const MODEL_INFO = [
  "private",
  "pipeline_tag",
  "library_name",
  "tags",
  "downloads",
  "likes",
  "modelId",
  "author",
  "sha",
  "lastModified",
  "gated",
  "disabled",
  "widgetData",
  "model-index",
  "config",
  "cardData",
  "transformersInfo",
  "gguf",
  "siblings",
  "spaces",
  "createdAt",
  "safetensors",
  "usedStorage",
];

const SHARED_INFO = [
  "private",
  "tags",
  "likes",
  "author",
  "sha",
  "lastModified",
  "disabled",
  "cardData",
  "siblings",
  "createdAt",
  "usedStorage",
];

/**
 * Fields of a single repo's answer when nothing else is asked for: Orolol/originator,
 * observations/2026-10-06-clone-seed-reads.json, and openai/whisper-tiny as read on 2026-10-06.
 */
export const INFO_FIELDS: Readonly<Record<RepoType, readonly string[]>> = {
  model: MODEL_INFO,
  kernel: MODEL_INFO,
  dataset: [...SHARED_INFO, "gated", "downloads", "description"],
  space: [...SHARED_INFO, "sdk", "runtime", "models", "datasets"],
};

/** The fields that a repo's answer can contain. */
export interface RepoFieldsOptions {
  readonly fields: ReadonlySet<string>;
  /** Whether siblings carry size and digest. */
  readonly blobs: boolean;
  /** Called only when a field needs the files' digests. */
  readonly snapshot: () => Promise<RepoSnapshot | undefined>;
}

/** `_id`, `id` and the requested fields, in the Hub's spelling. Unknown values are left out. */
export async function repoFields(
  repo: StoredRepo,
  { fields, blobs, snapshot }: RepoFieldsOptions,
): Promise<Record<string, unknown>> {
  const { repoId, settings } = repo;
  const card = await readModelCard(repo);
  const at = ["sha", "siblings", "safetensors", "usedStorage"].some((name) => fields.has(name))
    ? await snapshot()
    : undefined;
  const all: Record<string, unknown> = {
    private: settings.private,
    pipeline_tag: card.pipelineTag,
    library_name: card.libraryName,
    tags: card.tags,
    downloads: settings.downloads,
    downloadsAllTime: settings.downloads,
    likes: settings.likes,
    modelId: repoId,
    author: repoId.split("/")[0],
    sha: at?.commit,
    lastModified: settings.lastModified,
    gated: settings.gated,
    disabled: settings.disabled,
    widgetData: widgetData(card),
    "model-index": null,
    config: { ...card.config, tokenizer_config: {} },
    cardData: card.cardData,
    siblings: at?.files.map((file) => sibling(file, blobs)),
    spaces: [],
    createdAt: settings.createdAt,
    trendingScore: settings.trendingScore,
    safetensors:
      at && fields.has("safetensors") ? await countTensors(at, card.quantization) : undefined,
    description: card.description,
    sdk: card.cardData["sdk"],
    runtime: {},
    models: [],
    datasets: [],
    usedStorage: at?.files.reduce((sum, file) => sum + file.size, 0),
    xetEnabled: true,
    ...settings.info,
  };
  const asked = Object.entries(all).filter(([name]) => fields.has(name));
  return { _id: objectId(repoId), id: repoId, ...Object.fromEntries(asked) };
}

/** A stable 24-hex id, as the Hub gives every object. */
export function objectId(name: string): string {
  return stableId("object", name).slice(0, 24);
}

/**
 * The examples that the Hub shows for a task when the card has none. Only those of chat models are
 * known here.
 */
function widgetData({ pipelineTag }: ModelCard): { text: string }[] | undefined {
  if (pipelineTag !== "text-generation") return undefined;
  return [{ text: "Hi, what can you help me with?" }, { text: "What is 84 * 3 / 2?" }];
}

function sibling(file: RepoFile, blobs: boolean): object {
  if (!blobs) return { rfilename: file.path };
  const lfs = file.lfs && {
    sha256: file.lfs.sha256,
    size: file.size,
    pointerSize: file.lfs.pointerSize,
  };
  return { rfilename: file.path, blobId: file.oid, size: file.size, ...(lfs ? { lfs } : {}) };
}
