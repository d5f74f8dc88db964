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
  const found: ListedModel[] = [];
  const isWanted = candidateTest({ task, of });
  const query = {
    signal,
    limit: MAX_LISTED,
    counts: true,
    ...(of !== undefined && { search: searchWords(of) }),
    ...(author === "any" ? { tags: ["mlx"] } : { author, tags: [] }),
  };
  for await (const model of listAt(hubs, (client) => searchModels(client, query))) {
    if (isWanted(model)) found.push(model);
  }
  return found;
}

/** Whether a model of a list is for the task, or a variant of the model. */
function candidateTest({
  task,
  of,
}: Pick<ListingWish, "task" | "of">): (model: ListedModel) => boolean {
  if (of === undefined) return (model) => suitsTask(model, task);
  const wanted = parseModelName(of).stem;
  return (model) => isVariantOf(wanted, model);
}

/** The same of a list that is at hand, most downloaded first: as many of its first models as are read of a Hub's. */
export function candidatesIn(
  listed: readonly ListedModel[],
  { task, of, author }: Omit<ListingWish, "signal">,
): readonly ListedModel[] {
  const isWanted = candidateTest({ task, of });
  const owner = author === "any" ? undefined : `${author.toLowerCase()}/`;
  const authors =
    owner === undefined
      ? listed
      : listed.filter(({ repoId }) => repoId.toLowerCase().startsWith(owner));
  // The variants of one model are few, however rarely they are downloaded.
  if (of !== undefined) return authors.filter(isWanted);
  // Access that has yet to be granted is no answer to "which one now".
  return authors.slice(0, MAX_LISTED).filter((model) => model.gated === false && isWanted(model));
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
