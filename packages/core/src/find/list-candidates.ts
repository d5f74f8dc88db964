import { type ModelTask, parseModelName, suitsTask, variantKey } from "@mlx-download/fit";
import type { ListedModel } from "../contract/listed-model.ts";
import type { Hubs } from "../request/hubs.ts";
import { listAt } from "./list-models.ts";
import { searchModels } from "./search-models.ts";

/** Which models of the Hub are considered. */
export interface ListingWish {
  readonly task: ModelTask;
  /** The variants of one model instead of all for the task. */
  readonly of: string | undefined;
  readonly author: string;
  readonly signal: AbortSignal | undefined;
}

/** A listing starts with the most downloaded models, so those behind this number are hardly ever used. */
const MAX_LISTED = 1000;

/** The models of a listing that are for the task, or variants of the model. */
export async function listCandidates(
  hubs: Hubs,
  { task, of, author, signal }: ListingWish,
): Promise<ListedModel[]> {
  const wanted = of === undefined ? undefined : parseModelName(of).stem;
  const found: ListedModel[] = [];
  const query = {
    signal,
    limit: MAX_LISTED,
    counts: true,
    ...(of !== undefined && { search: searchWords(of) }),
    ...(author === "any" ? { tags: ["mlx"] } : { author, tags: [] }),
  };
  for await (const model of listAt(hubs, (client) => searchModels(client, query))) {
    if (wanted === undefined ? suitsTask(model, task) : isVariantOf(wanted, model)) {
      found.push(model);
    }
  }
  return found;
}

/** By the base it names, or by its own name: of Qwen3.5-9B, a variant on the Hub names Qwen3.5-9B-Base as its base. */
function isVariantOf(wanted: string, model: ListedModel): boolean {
  return variantKey(model) === wanted || parseModelName(model.repoId).stem === wanted;
}

/** The name without its owner and quantization, as the Hub's search finds it in the names of variants. */
function searchWords(of: string): string {
  const { quantization } = parseModelName(of);
  const name = of.slice(of.indexOf("/") + 1);
  const at =
    quantization === undefined
      ? -1
      : name.toLowerCase().search(/[-_.](?:mlx|\d+(?:\.\d+)?-?bit|mxfp|nvfp|bf16|fp16|qat|dwq|ud)/);
  return at > 0 ? name.slice(0, at) : name;
}
