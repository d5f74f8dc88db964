import { stableId } from "../store/git-object.ts";
import { readModelCard } from "../store/model-card.ts";
import type { RepoFile, RepoSnapshot, StoredRepo } from "../store/repo-store.ts";
import { countTensors } from "../store/tensor-count.ts";

/** Fields of a listing entry when nothing else is asked for. */
export const LISTED_FIELDS: readonly string[] = [
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

/** What `full=true` adds to a listing entry. */
export const FULL_FIELDS: readonly string[] = [
  "author",
  "sha",
  "lastModified",
  "gated",
  "disabled",
  "siblings",
];

/** Fields of a single model's answer when nothing else is asked for. */
export const INFO_FIELDS: readonly string[] = [
  "modelId",
  "author",
  "sha",
  "lastModified",
  "createdAt",
  "private",
  "gated",
  "disabled",
  "downloads",
  "likes",
  "tags",
  "pipeline_tag",
  "library_name",
  "config",
  "cardData",
  "safetensors",
  "usedStorage",
  "spaces",
  "model-index",
  "siblings",
];

/** What a model's answer can be asked for. */
export interface ModelFieldsOptions {
  readonly fields: ReadonlySet<string>;
  /** Whether siblings carry size and digest. */
  readonly blobs: boolean;
  /** Called only when a field needs the files' digests. */
  readonly snapshot: () => Promise<RepoSnapshot | undefined>;
}

/** `_id`, `id` and the fields that are asked for, in the Hub's spelling; unknown fields are left out. */
export async function modelFields(
  repo: StoredRepo,
  { fields, blobs, snapshot }: ModelFieldsOptions,
): Promise<Record<string, unknown>> {
  const { repoId, settings } = repo;
  const card = await readModelCard(repo);
  const at = ["sha", "siblings", "safetensors", "usedStorage"].some((name) => fields.has(name))
    ? await snapshot()
    : undefined;
  const all: Record<string, unknown> = {
    modelId: repoId,
    author: repoId.split("/")[0],
    sha: at?.commit,
    lastModified: settings.lastModified,
    createdAt: settings.createdAt,
    private: settings.private,
    gated: settings.gated,
    disabled: settings.disabled,
    downloads: settings.downloads,
    downloadsAllTime: settings.downloads,
    likes: settings.likes,
    trendingScore: settings.trendingScore,
    tags: card.tags,
    pipeline_tag: card.pipelineTag,
    library_name: card.libraryName,
    config: { ...card.config, tokenizer_config: {} },
    cardData: card.cardData,
    safetensors: at && fields.has("safetensors") ? await countTensors(at) : undefined,
    usedStorage: at?.files.reduce((sum, file) => sum + file.size, 0),
    spaces: [],
    "model-index": null,
    siblings: at?.files.map((file) => sibling(file, blobs)),
  };
  const asked = Object.entries(all).filter(([name]) => fields.has(name));
  return { _id: objectId(repoId), id: repoId, ...Object.fromEntries(asked) };
}

/** A stable 24-hex id, as the Hub gives every object. */
export function objectId(name: string): string {
  return stableId("object", name).slice(0, 24);
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
