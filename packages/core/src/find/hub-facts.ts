import type { HubFacts } from "@mlx-download/fit";
import { ModelDownloadError } from "../contract/errors.ts";
import type { HubClient } from "../hub/hub-client.ts";
import { isObject, stringField } from "../hub/json-value.ts";
import type { Hubs } from "../request/hubs.ts";

/** A repo at a commit. */
interface Asked {
  readonly repoId: string;
  readonly commit: string;
}

/** A Hub's facts about a repo beside its files. One call. Empty where no Hub answers (mirrors). */
export async function readHubFacts(
  hubs: Pick<Hubs, "ask">,
  repo: Asked,
): Promise<HubFacts | undefined> {
  try {
    return (await hubs.ask((client) => askFacts(client, repo))).value;
  } catch (error) {
    if (error instanceof ModelDownloadError) return undefined;
    throw error;
  }
}

async function askFacts(client: HubClient, { repoId, commit }: Asked): Promise<HubFacts> {
  const fields = ["tags", "pipeline_tag", "library_name", "cardData"];
  return hubFacts(repoId, await askedFields(client, { repoId, commit }, fields));
}

/** Fields of a model's info at a commit, by the Hub's names for them. Throws the `hub/…` errors. */
export async function askedFields(
  client: HubClient,
  { repoId, commit }: Asked,
  fields: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const url = client.url(["api", "models", ...repoId.split("/"), "revision", commit]);
  for (const field of fields) url.searchParams.append("expand", field);
  const { value } = await client.json(url, {
    question: { kind: "revision", repoId, revision: commit },
  });
  return isObject(value) ? value : {};
}

function hubFacts(repoId: string, value: Readonly<Record<string, unknown>>): HubFacts {
  const tags = texts(value["tags"]);
  const card = isObject(value["cardData"]) ? value["cardData"] : {};
  const tagged = (prefix: string): string[] =>
    tags.filter((tag) => tag.startsWith(prefix)).map((tag) => tag.slice(prefix.length));
  const base = tagged("base_model:").map((tag) =>
    tag.replace(/^(?:quantized|finetune|adapter|merge):/, ""),
  );
  const baseModels = base.length > 0 ? base : texts(card["base_model"]);
  return {
    repoId,
    tags,
    libraryName: stringField(value, "library_name"),
    pipelineTag: stringField(value, "pipeline_tag"),
    license: stringField(card, "license") ?? tagged("license:")[0],
    baseModels: [...new Set(baseModels)],
  };
}

function texts(value: unknown): string[] {
  const list = Array.isArray(value) ? value.slice(0, 1000) : [value];
  return list.filter((item) => typeof item === "string" && item.length <= 300);
}
