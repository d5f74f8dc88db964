import {
  describeModel,
  type HubFacts,
  loadVerdict,
  type LoadVerdict,
  lookAtSecurity,
  type MlxLmSupport,
  type ModelDescription,
  type ModelFile,
  type ScanStatuses,
  type SecurityLook,
} from "@mlx-download/fit";
import type { HubClient } from "../hub/hub-client.ts";
import { isObject } from "../hub/json-value.ts";
import { askedFields } from "./hub-facts.ts";

import type { ModelDownloadError } from "../contract/errors.ts";
import { type AccessState, isPublicFile } from "../hub/gated.ts";
import type { RepoRequest } from "../request/repo-request.ts";
import type { ResolvedSnapshot } from "../request/resolve-snapshot.ts";
import { readHubFacts } from "./hub-facts.ts";
import { type InspectedModel, sizeOf } from "./inspected-model.ts";
import { readScans } from "./read-scans.ts";

/** The public facts of a gated model, and the requirements for the rest. */
export async function inspectPublicly(
  { hubs }: RepoRequest,
  { snapshot, from, client }: ResolvedSnapshot,
  options: { readonly support?: MlxLmSupport | undefined; readonly refusal: ModelDownloadError },
): Promise<InspectedModel> {
  const { repoId, revision, commit, withheld = [] } = snapshot;
  const files = [...snapshot.files, ...withheld].toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const [hub, facts, scans] = await Promise.all([
    readHubFacts(hubs, { repoId, commit }),
    askPublicFacts(client, { repoId, commit }),
    readScans(
      hubs,
      snapshot,
      files.map(({ path }) => path),
    ),
  ]);
  const { support, refusal } = options;
  const about = { files, hub: hub ?? { repoId }, scans: scans.statuses, support };
  const closed = files.filter((file) => !isPublicFile(file));
  const { data, hint } = refusal;
  // Without the Hub's own sentence, which says the same.
  const message = refusal.message.replace(` (${String(data["serverMessage"])})`, "");
  const access = {
    state: data["access"] as AccessState,
    page: String(data["page"]),
    message,
    hint,
    missing: { files: closed.length, bytes: sizeOf(closed) },
  };
  return {
    repoId,
    revision,
    commit,
    path: null,
    from,
    ...describePublicly(facts, about),
    access,
    totalBytes: sizeOf(files),
    read: { requests: 2 + scans.requests, bytes: 0 },
  };
}

/** The Hub's public answer about a gated model, beside its tags. */
interface PublicFacts {
  /** The part of `config.json` that the Hub shows: architecture and quantization, no sizes. */
  readonly config: Readonly<Record<string, unknown>>;
  /** As the Hub counts them from the headers of the weights. Null where it did not. */
  readonly parameters: number | null;
}

/** Asks for {@link PublicFacts}. One call. Throws the `hub/…` errors. */
async function askPublicFacts(
  client: HubClient,
  repo: { readonly repoId: string; readonly commit: string },
): Promise<PublicFacts> {
  const value = await askedFields(client, repo, ["config", "safetensors"]);
  const safetensors = isObject(value["safetensors"]) ? value["safetensors"] : {};
  const counts = isObject(safetensors["parameters"])
    ? Object.values(safetensors["parameters"])
    : [];
  const total = safetensors["total"] ?? counts.reduce<number>((sum, n) => sum + Number(n), 0);
  return {
    config: isObject(value["config"]) ? value["config"] : {},
    parameters:
      typeof total === "number" && Number.isSafeInteger(total) && total > 0 ? total : null,
  };
}

/**
 * Describes a gated model by its public facts: the listing with its sizes, and the part of the config that the Hub
 * shows. Facts from its own files alone (context length, cache layout) are unknown. So is whether it loads, unless its
 * architecture already rules that out.
 */
function describePublicly(
  { config, parameters }: PublicFacts,
  about: {
    readonly files: readonly ModelFile[];
    readonly hub: HubFacts;
    readonly scans: ScanStatuses | undefined;
    readonly support: MlxLmSupport | undefined;
  },
): {
  readonly description: ModelDescription;
  readonly loads: LoadVerdict;
  readonly security: SecurityLook;
} {
  const { files, hub, scans, support } = about;
  const described = describeModel({ config: JSON.stringify(config), files, hub }, { support });
  const description = {
    ...described,
    parameters: parameters ?? described.parameters,
    // The config that would name them was not read.
    missingSettings: [],
  };
  const loads = loadVerdict(description, support);
  const security = lookAtSecurity({ files, description, scans });
  const verdict = loads.verdict === "yes" ? "unknown" : loads.verdict;
  const programs = loads.programs.map((one) =>
    one.verdict === "yes" ? { ...one, verdict: "unknown" as const } : one,
  );
  return { description, loads: { ...loads, verdict, programs }, security };
}
