import type { LockedModel, ModelLock } from "./lock.ts";
import { parseNamedModel } from "./model-name.ts";
import { byName, writeJson } from "./read-json.ts";

/** The formats of other tools that a lock can be written as. */
export type LockFormat = "kernels" | "cyclonedx";

/** The facts that an export records about itself. */
export interface LockExportOptions {
  /** Of mlx-download. */
  readonly version: string;
  /** ISO 8601. Default: now. */
  readonly timestamp?: string | undefined;
}

/**
 * A lock in another tool's format: `kernels` as `kernels.lock` of the Hub's package kernels 0.17 (repo, revision and commit,
 * no digests), `cyclonedx` as a CycloneDX 1.6 bill of materials with a machine-learning model a component.
 */
export function exportLock(
  lock: ModelLock,
  format: LockFormat,
  options: LockExportOptions,
): string {
  const models = [...lock.models].toSorted(([a], [b]) => byName(a, b));
  return format === "kernels"
    ? writeJson(kernels(models.map(([, model]) => model)))
    : writeJson(cyclonedx(models, options));
}

/** As `KernelLocks.to_json()` of kernels 0.17.2 writes them: sorted by repo, once each. */
function kernels(models: readonly LockedModel[]): readonly object[] {
  const byDependency = new Map<string, object>();
  for (const { repoId, requested, commit } of models) {
    const { revision = "main" } = parseNamedModel(requested);
    byDependency.set(`${repoId}@${revision}`, {
      dependency: { "repo-id": repoId, revision },
      lock: { commit },
    });
  }
  return [...byDependency].toSorted(([a], [b]) => byName(a, b)).map(([, entry]) => entry);
}

function cyclonedx(
  models: readonly (readonly [string, LockedModel])[],
  { version, timestamp = new Date().toISOString() }: LockExportOptions,
): object {
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      timestamp,
      tools: { components: [{ type: "application", name: "mlx-download", version }] },
    },
    components: models.map(([alias, model]) => component(alias, model)),
  };
}

/** The Hub writes licences in lower case. Those of SPDX that models have most, by their own spelling. */
const SPDX: ReadonlyMap<string, string> = new Map(
  [
    "Apache-2.0",
    "MIT",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "CC-BY-4.0",
    "CC-BY-SA-4.0",
    "CC-BY-NC-4.0",
    "CC-BY-NC-SA-4.0",
    "CC-BY-NC-ND-4.0",
    "AGPL-3.0",
    "GPL-3.0",
    "LGPL-3.0",
    "MPL-2.0",
    "ISC",
    "Unlicense",
  ].map((id) => [id.toLowerCase(), id]),
);

/** Others (`llama3.2`, `other` …) are no ids of SPDX, and go by their name. */
function cyclonedxLicense(license: string): object {
  const id = SPDX.get(license.toLowerCase());
  return id === undefined ? { name: license } : { id };
}

/** The package URL of a model on the Hub has the commit as its version (purl-spec, type huggingface). */
function component(alias: string, model: LockedModel): object {
  const { repoId, commit, license, digest, files, loads } = model;
  const [group = "", name = ""] = repoId.split("/");
  const purl = `pkg:huggingface/${repoId}@${commit}`;
  const property = (of: string, value: string | null): readonly object[] =>
    value === null ? [] : [{ name: `mlx-download:${of}`, value }];
  return {
    type: "machine-learning-model",
    "bom-ref": `${alias}:${purl}`,
    group,
    name,
    version: commit,
    purl,
    ...(license !== null && { licenses: [{ license: cyclonedxLicense(license) }] }),
    properties: [
      ...property("alias", alias),
      ...property("digest", digest),
      ...property("model-type", loads.modelType),
      ...property("quantization", loads.quantization),
    ],
    components: [...files]
      .toSorted(([a], [b]) => byName(a, b))
      .map(([path, { sha256, size }]) => ({
        type: "file",
        name: path,
        hashes: [{ alg: "SHA-256", content: sha256 }],
        properties: [{ name: "mlx-download:size", value: String(size) }],
      })),
  };
}
