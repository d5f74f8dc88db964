import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expandHome, isLitterEntry } from "@mlx-download/cache";
import {
  describeModel,
  FitError,
  type HubFacts,
  loadVerdict,
  lookAtSecurity,
  type MlxLmSupport,
  type ModelDescription,
  type ModelFile,
  type ScanStatuses,
} from "@mlx-download/fit";
import { codedError } from "../contract/coded-error.ts";
import type { HubOptions } from "../contract/options.ts";
import { readRepoRequest, type RepoRequest } from "../request/repo-request.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import type { RepoRef } from "../settings/ref.ts";
import { type ResolvedSnapshot, resolveSnapshot } from "../request/resolve-snapshot.ts";
import { askAccess } from "../hub/ask-access.ts";
import { type InspectedModel, sizeOf } from "./inspected-model.ts";
import { inspectPublicly } from "./inspect-publicly.ts";
import type { ListedModel } from "../contract/listed-model.ts";
import { readHubFacts } from "./hub-facts.ts";
import { createSnapshotBytes, type ModelBytes, readPart } from "./model-bytes.ts";
import { readModelFiles } from "./read-model-files.ts";
import { variantSearch } from "./variant-search.ts";
import { readScans } from "./read-scans.ts";

/** Options of `inspectModel`. */
export interface InspectOptions extends HubOptions {
  /** For a gated repo without access, describes its public facts instead of rejecting with `hub/gated`. */
  readonly publicFacts?: boolean | undefined;
  /** The architectures that the installed mlx-lm can load. Default: the release that `@mlx-download/fit` knows. */
  readonly support?: MlxLmSupport | undefined;
  /** Code of the repo may run, as with mlx-lm's `--trust-remote-code`. Default: no. */
  readonly trustRemoteCode?: boolean | undefined;
}

/**
 * Describes a model from its config, index, tokenizer and safetensors headers, whether mlx-lm loads it, and the
 * findings of a security look. Files in the cache are read from there, others by Range: about ten requests and a few
 * hundred KB for a model of any size. Offline it reads the cache alone. Rejects as `planModel` does, and with
 * `inspect/no-config` when there is no `config.json` to describe it by.
 */
export async function inspectModel(
  ref: string | RepoRef,
  options: InspectOptions = {},
): Promise<InspectedModel> {
  const request = await readRepoRequest(ref, options);
  const { support, publicFacts, trustRemoteCode } = options;
  try {
    const resolved = await resolveSnapshot(request);
    return await inspectSnapshot(request, resolved, { support, publicFacts, trustRemoteCode });
  } catch (error) {
    throw codedError(error, request.repoId);
  } finally {
    await request.hubs.close();
  }
}

/** {@link inspectModel} for a snapshot that is resolved already. */
export async function inspectSnapshot(
  request: RepoRequest,
  resolved: ResolvedSnapshot,
  options: {
    readonly support?: MlxLmSupport | undefined;
    readonly trustRemoteCode?: boolean | undefined;
    readonly publicFacts?: boolean | undefined;
    /** Look at the header of every weight file, and ask the Hub's scanners also where the cache knows the listing. */
    readonly thorough?: boolean | undefined;
    /** The model as a listing shows it: neither the Hub's facts nor its scanners are then asked. */
    readonly listed?: ListedModel | undefined;
  },
): Promise<InspectedModel> {
  const { snapshot, from } = resolved;
  const { repoId, revision, commit, files } = snapshot;
  const { withheld = [] } = snapshot;
  if (withheld.length > 0) {
    const refusal = await askAccess(
      resolved.client,
      { ...snapshot, withheld },
      { signal: request.signal },
    );
    if (options.publicFacts !== true || refusal.code !== "hub/gated") throw refusal;
    return inspectPublicly(request, resolved, { ...options, refusal });
  }
  const bytes = await createSnapshotBytes(request, resolved);
  const online = !request.settings.offline;
  const fromHub = online && from === "hub";
  const { listed } = options;
  const asks = fromHub && listed === undefined;
  const [hub, scans] = await Promise.all([
    asks ? readHubFacts(request.hubs, { repoId, commit }) : undefined,
    asks || (online && options.thorough)
      ? readScans(
          request.hubs,
          snapshot,
          files.map(({ path }) => path),
        )
      : undefined,
  ]);
  const inspected = await inspectFiles(bytes, files, {
    name: repoId,
    hub: hub ?? listed ?? { repoId },
    scans: scans?.statuses,
    support: options.support,
    trustRemoteCode: options.trustRemoteCode,
    allHeaders: options.thorough,
  });
  const calls = (asks ? 1 : 0) + (scans?.requests ?? 0);
  const read = { requests: bytes.wire.requests + calls, bytes: bytes.wire.bytes };
  return { repoId, revision, commit, path: null, from, ...inspected, access: null, read };
}

/** {@link inspectModel} for a folder of plain files, as `mlx_lm.convert` writes one. No network. */
export async function inspectFolder(
  folder: string,
  options: Pick<InspectOptions, "support" | "trustRemoteCode" | "signal"> = {},
): Promise<InspectedModel> {
  const path = resolve(expandHome(folder));
  try {
    // Before the walk: the folder named by mistake may be a whole disk.
    if (!(await isFile(join(path, "config.json")))) throw await noFolderConfig(path);
    const listing: ModelFile[] = [];
    for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
      options.signal?.throwIfAborted();
      const full = join(entry.parentPath, entry.name);
      const skipped = entry.isDirectory() || isLitterEntry(entry);
      const stats = skipped ? undefined : await stat(full).catch(() => undefined);
      if (!stats?.isFile()) continue;
      listing.push({
        path: full.slice(path.length + 1).replaceAll("\\", "/"),
        size: stats.size,
      });
    }
    listing.sort((a, b) => (a.path < b.path ? -1 : 1));
    const bytes: ModelBytes = {
      read: (name, range) => readPart(join(path, name), range),
      isHere: () => true,
      wire: { requests: 0, bytes: 0 },
    };
    const { support, trustRemoteCode } = options;
    const about = { name: path, support, trustRemoteCode };
    const inspected = await inspectFiles(bytes, listing, about);
    const read = { requests: 0, bytes: 0 };
    return {
      repoId: null,
      revision: null,
      commit: null,
      path,
      from: "folder",
      ...inspected,
      access: null,
      read,
    };
  } catch (error) {
    throw codedError(error, undefined);
  }
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );

async function noFolderConfig(path: string): Promise<ModelDownloadError> {
  try {
    const names = await readdir(path);
    return noConfig(
      path,
      names.map((name) => ({ path: name })),
    );
  } catch (cause) {
    return new ModelDownloadError(`there is no folder ${path}`, "inspect/no-folder", {
      hint: "Name a folder that holds a model. Write a repo of the Hub as org/name.",
      cause,
      data: { path },
    });
  }
}

async function inspectFiles(
  bytes: ModelBytes,
  listing: readonly ModelFile[],
  about: {
    readonly name: string;
    readonly hub?: HubFacts | undefined;
    readonly scans?: ScanStatuses | undefined;
    readonly support?: MlxLmSupport | undefined;
    readonly trustRemoteCode?: boolean | undefined;
    readonly allHeaders?: boolean | undefined;
  },
): Promise<Pick<InspectedModel, "description" | "loads" | "security" | "totalBytes">> {
  const { files, badHeaders } = await readModelFiles(bytes, listing, about);
  if (files === undefined) throw noConfig(about.name, listing);
  const { support, trustRemoteCode } = about;
  const description = described(files, { name: about.name, support });
  return {
    description,
    loads: loadVerdict(description, support, { trustRemoteCode }),
    security: lookAtSecurity({ files: listing, description, scans: about.scans, badHeaders }),
    totalBytes: sizeOf(listing),
  };
}

function described(
  files: Parameters<typeof describeModel>[0],
  { name, support }: { readonly name: string; readonly support?: MlxLmSupport | undefined },
): ModelDescription {
  try {
    return describeModel(files, { support });
  } catch (cause) {
    if (!(cause instanceof FitError)) throw cause;
    throw new ModelDownloadError(
      `${name} cannot be described: ${cause.message}`,
      "inspect/no-config",
      {
        hint: cause.hint,
        cause,
        data: { reason: cause.code },
      },
    );
  }
}

function noConfig(name: string, listing: readonly ModelFile[]): ModelDownloadError {
  const adapter = listing.find(({ path }) =>
    /^(?:adapters|adapter_model)\.safetensors$|^adapter_config\.json$/.test(path),
  );
  if (adapter !== undefined) {
    return new ModelDownloadError(
      `${name} is an adapter alone (${adapter.path}): it has no config.json and no model`,
      "inspect/no-config",
      {
        hint: "Describe the model that the adapter was trained on, and load both with mlx-lm's --adapter-path.",
        data: { files: listing.length },
      },
    );
  }
  const gguf = listing.some(({ path }) => path.toLowerCase().endsWith(".gguf"));
  return new ModelDownloadError(
    `${name} has no config.json that could be read${gguf ? ". It holds GGUF files, which MLX does not load" : ""}`,
    "inspect/no-config",
    {
      hint: gguf
        ? `Look for an MLX variant: ${variantSearch(name)}`
        : "Only models with a config.json can be described. Choose another repo or revision.",
      data: { files: listing.length },
    },
  );
}
