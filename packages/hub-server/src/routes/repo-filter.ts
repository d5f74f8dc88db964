import type { HubContext } from "../http/hub-env.ts";
import { flag } from "../http/paging.ts";
import { badRequest } from "../http/refusal.ts";
import { readModelCard } from "../store/model-card.ts";
import type { RepoSnapshot, StoredRepo } from "../store/repo-store.ts";
import { countTensors } from "../store/tensor-count.ts";

/** Whether a repo is among those that a listing's query asks for. */
export type RepoFilter = (
  repo: StoredRepo,
  snapshot: () => Promise<RepoSnapshot | undefined>,
) => Promise<boolean>;

/**
 * The filter of a query: author, search, repeated filter, pipeline_tag, gated, apps, inference, inference_provider and
 * num_parameters. Refuses values that make no sense.
 */
export function repoFilter(c: HubContext): RepoFilter {
  const author = c.req.query("author");
  const search = c.req.query("search")?.toLowerCase() ?? "";
  const gated = c.req.query("gated");
  const filters = listed(c, "filter");
  const task = c.req.query("pipeline_tag");
  const apps = listed(c, "apps");
  const providers = listed(c, "inference_provider");
  const isWarm = c.req.query("inference") === "warm";
  const range = parameterRange(c.req.query("num_parameters"));
  return async (repo, snapshot) => {
    const { repoId, settings } = repo;
    if (author !== undefined && repoId.split("/")[0] !== author) return false;
    if (!repoId.toLowerCase().includes(search)) return false;
    if (gated !== undefined && (settings.gated !== false) !== flag(c, "gated")) return false;
    const served = providersOf(settings.info["inferenceProviderMapping"]);
    if (isWarm && served.length === 0) return false;
    if (!providers.every((name) => (name === "all" ? served.length > 0 : served.includes(name))))
      return false;
    const { tags, pipelineTag, quantization } = await readModelCard(repo);
    if (task !== undefined && pipelineTag !== task) return false;
    if (!filters.every((filter) => tags.includes(filter))) return false;
    if (!apps.every((app) => runsIn(app, { tags, pipelineTag }))) return false;
    if (!range) return true;
    const at = await snapshot();
    const total = at && (await countTensors(at, quantization))?.total;
    return total !== undefined && range.min <= total && total <= range.max;
  };
}

/** The values of a query parameter that may be repeated (Python) or joined with commas (JavaScript). */
function listed(c: HubContext, name: string): readonly string[] {
  return (c.req.queries(name) ?? []).flatMap((value) => value.split(",")).filter(Boolean);
}

/** The providers of an `inferenceProviderMapping`: an object by provider, or a list of objects that name theirs. */
function providersOf(mapping: unknown): readonly string[] {
  if (Array.isArray(mapping)) return mapping.flatMap((one) => String(one?.provider ?? ""));
  return typeof mapping === "object" && mapping !== null ? Object.keys(mapping) : [];
}

const GGUF_APPS = new Set(
  "llama.cpp node-llama-cpp ollama jan backyard sanctum jellybox".split(" "),
);

/** Whether the Hub would offer an app for a model, by the rules that huggingface.js publishes for its most used apps. */
function runsIn(
  app: string,
  { tags, pipelineTag }: { tags: readonly string[]; pipelineTag: string | undefined },
): boolean {
  const isMlx = tags.includes("mlx");
  const isGguf = tags.includes("gguf");
  const isText = pipelineTag === "text-generation";
  if (app === "mlx-lm") return isMlx && isText;
  if (app === "lmstudio") return isMlx || isGguf;
  if (GGUF_APPS.has(app)) return isGguf;
  if (app === "vllm" || app === "sglang") return isText && tags.includes("transformers");
  return false;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, K: 1e3, M: 1e6, B: 1e9, T: 1e12 };

/** `min:6B,max:128B` in parameters, either bound or both. */
function parameterRange(text: string | undefined): { min: number; max: number } | undefined {
  if (text === undefined) return undefined;
  const range = { min: 0, max: Number.POSITIVE_INFINITY };
  for (const bound of text.split(",")) {
    const [, name, amount, unit] = /^(min|max):(\d+(?:\.\d+)?)([KMBT]?)$/i.exec(bound) ?? [];
    if (name === undefined) throw badRequest(`Invalid num_parameters: ${text}`);
    range[name.toLowerCase() as "min" | "max"] =
      Number(amount) * (UNITS[unit?.toUpperCase() ?? ""] ?? 1);
  }
  return range;
}
