import type { RepoType } from "@mlx-download/cache";
import type { HubContext } from "../http/hub-env.ts";
import { badRequest } from "../http/refusal.ts";

/** What `expand` may ask of a model: the list that the Hub itself gave in a 400 on 2026-10-06. */
const MODEL_FIELDS: readonly string[] = [
  "author",
  "baseModels",
  "cardData",
  "config",
  "createdAt",
  "disabled",
  "downloads",
  "downloadsAllTime",
  "evalResults",
  "gated",
  "inference",
  "inferenceProviderMapping",
  "lastModified",
  "library_name",
  "likes",
  "mask_token",
  "model-index",
  "pipeline_tag",
  "private",
  "safetensors",
  "sha",
  "siblings",
  "spaces",
  "tags",
  "transformersInfo",
  "trendingScore",
  "widgetData",
  "gguf",
  "resourceGroup",
  "xetEnabled",
  "childrenModelCount",
  "usedStorage",
];

/**
 * The properties that huggingface_hub 2.4.0 requests for datasets and spaces. The Hub's own lists
 * were not recorded.
 */
const COMMON_FIELDS: readonly string[] = [
  "author",
  "cardData",
  "createdAt",
  "disabled",
  "lastModified",
  "likes",
  "private",
  "resourceGroup",
  "sha",
  "siblings",
  "tags",
  "trendingScore",
  "usedStorage",
  "xetEnabled",
];
const FIELDS: Readonly<Record<RepoType, readonly string[]>> = {
  model: MODEL_FIELDS,
  kernel: MODEL_FIELDS,
  dataset: [
    ...COMMON_FIELDS,
    "citation",
    "description",
    "downloads",
    "downloadsAllTime",
    "gated",
    "mainSize",
    "paperswithcode_id",
  ],
  space: [...COMMON_FIELDS, "datasets", "models", "runtime", "sdk", "subdomain"],
};

/** The Hub refuses this one in a listing and takes it for a single repo (getainode/ainode, 2026). */
const NOT_LISTED = "usedStorage";

/**
 * The fields that `expand` asks for, in either spelling (`expand=a`, `expand[]=a`). Empty without
 * `expand`. An unknown one is refused with a list of all fields, as on the Hub.
 */
export function expandedFields(
  c: HubContext,
  { kind, listed = false }: { kind: RepoType; listed?: boolean },
): readonly string[] {
  const asked = [...(c.req.queries("expand") ?? []), ...(c.req.queries("expand[]") ?? [])];
  const known = FIELDS[kind].filter((field) => !listed || field !== NOT_LISTED);
  const unknown = asked.findIndex((field) => !known.includes(field));
  if (unknown === -1) return asked;
  const options = known.map((field) => `"${field}"`).join("|");
  throw badRequest(`Invalid option: expected one of ${options} at expand[${unknown}]`);
}
