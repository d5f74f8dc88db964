import { evidenceOf, type EvidenceList } from "./evidence.ts";
import { stringField } from "./json-value.ts";
import type { ModelConfig } from "./model-config.ts";
import type { ModelDescription } from "./model-description.ts";
import type { ModelFiles } from "./model-files.ts";
import {
  configuredQuantization,
  type ConfiguredQuantization,
  type Packing,
  type Quantization,
} from "./quantization.ts";
import type { SafetensorsHeader } from "./safetensors-header.ts";
import { readStoredWeights, type StoredWeights } from "./stored-weights.ts";
import type { WeightFiles } from "./weight-files.ts";

/** What the weights are described from. */
export interface WeightSources {
  readonly files: ModelFiles;
  readonly config: ModelConfig;
  readonly weightFiles: WeightFiles;
  /** Where the evidence goes. */
  readonly evidence: EvidenceList;
}

type WeightFields = Pick<
  ModelDescription,
  | "parameters"
  | "storedElements"
  | "weightsBytes"
  | "residentBytes"
  | "dtype"
  | "quantization"
  | "unsupportedQuantization"
  | "problems"
>;

/** Sizes, parameters and quantization: from the headers when all are here, else from index, sizes and config. */
export function describeWeights(sources: WeightSources): WeightFields {
  const { config, weightFiles, evidence } = sources;
  const configured = configuredQuantization(config.root);
  const headers = loadedHeaders(sources);
  const stored = headers && readStoredWeights(headers, configured);
  const weightsBytes = weightsBytesOf(sources, stored);
  const parameters = parametersOf(weightFiles, stored, evidence);
  const bitsPerWeight =
    weightsBytes !== undefined && parameters !== undefined ? (weightsBytes * 8) / parameters : null;
  return {
    parameters: parameters ?? null,
    storedElements: stored?.elements ?? null,
    weightsBytes: weightsBytes ?? null,
    residentBytes: stored?.residentBytes ?? estimatedResident(weightsBytes, configured),
    dtype: dtypeOf(sources, stored),
    quantization: quantizationOf({ configured, stored, bitsPerWeight, evidence }),
    unsupportedQuantization: configured?.unsupported ?? null,
    problems: stored?.problems ?? [],
  };
}

/** The headers of the files that are loaded, when none is missing. */
function loadedHeaders({
  files,
  weightFiles,
}: WeightSources): readonly SafetensorsHeader[] | undefined {
  const { headers } = files;
  if (!headers || weightFiles.loaded.length === 0 || weightFiles.missing.length > 0) {
    return undefined;
  }
  const found = weightFiles.loaded.map(({ path }) => headers.get(path));
  return found.every((header) => header !== undefined) ? found : undefined;
}

function weightsBytesOf(
  { weightFiles, evidence }: WeightSources,
  stored: StoredWeights | undefined,
): number | undefined {
  if (stored) {
    evidence["weightsBytes"] = evidenceOf("header", "the headers of all loaded files");
    return stored.tensorBytes;
  }
  const { index, loaded, stray } = weightFiles;
  if (index?.totalBytes !== undefined && stray.length === 0) {
    evidence["weightsBytes"] = evidenceOf("index", "model.safetensors.index.json: total_size");
    return index.totalBytes;
  }
  const sizes = loaded.map(({ size }) => size);
  if (sizes.length === 0 || !sizes.every((size) => size !== undefined)) return undefined;
  evidence["weightsBytes"] = evidenceOf("files", "sizes of model*.safetensors, headers included");
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** fp8 weights are unpacked to two bytes when they are loaded. */
function estimatedResident(
  weightsBytes: number | undefined,
  configured: ConfiguredQuantization | undefined,
): number | null {
  if (weightsBytes === undefined) return null;
  return configured?.mode === "fp8" ? 2 * weightsBytes : weightsBytes;
}

function parametersOf(
  { index }: WeightFiles,
  stored: StoredWeights | undefined,
  evidence: EvidenceList,
): number | undefined {
  if (stored) {
    evidence["parameters"] = evidenceOf("header", "the shapes in the headers of all loaded files");
    return stored.parameters > 0 ? stored.parameters : undefined;
  }
  if (index?.totalParameters === undefined) return undefined;
  evidence["parameters"] = evidenceOf("index", "model.safetensors.index.json: total_parameters");
  return index.totalParameters;
}

function dtypeOf({ config, evidence }: WeightSources, stored: StoredWeights | undefined): string {
  if (stored?.dtype !== undefined) {
    evidence["dtype"] = evidenceOf("header", "the tensors that keys are computed with");
    return stored.dtype;
  }
  for (const [section, prefix] of [
    [config.text, config.prefix],
    [config.root, ""],
  ] as const) {
    for (const name of ["dtype", "torch_dtype"]) {
      const said = stringField(section, name)?.replace(/^torch\./, "");
      if (said !== undefined && DTYPES.has(said)) {
        evidence["dtype"] = evidenceOf("config", `config.json: ${prefix}${name}`);
        return said;
      }
    }
  }
  evidence["dtype"] = evidenceOf("default", "no file says it; two bytes are usual", true);
  return "bfloat16";
}

const DTYPES: ReadonlySet<string> = new Set(["bfloat16", "float16", "float32"]);

interface QuantizationSigns {
  readonly configured: ConfiguredQuantization | undefined;
  readonly stored: StoredWeights | undefined;
  readonly bitsPerWeight: number | null;
  readonly evidence: EvidenceList;
}

function quantizationOf(signs: QuantizationSigns): Quantization | null {
  const { configured, stored, bitsPerWeight, evidence } = signs;
  const packings = stored?.packings ?? [];
  if (!configured && packings.length === 0) return null;
  const [first] = packings;
  const top =
    configured === undefined
      ? first
      : { mode: configured.mode, bits: configured.bits, groupSize: configured.groupSize };
  evidence["quantization"] =
    packings.length > 0
      ? evidenceOf("header", "shapes of weights and scales")
      : evidenceOf("config", `config.json: ${configured?.field}`);
  return {
    mode: top?.mode ?? "affine",
    bits: top?.bits ?? null,
    groupSize: top?.groupSize ?? null,
    bitsPerWeight,
    mixed: packings.length > 0 ? packings.length > 1 : hasOtherPacking(configured),
  };
}

function hasOtherPacking(configured: ConfiguredQuantization | undefined): boolean {
  const { mode, bits, groupSize } = configured ?? {};
  return [...(configured?.overrides.values() ?? [])].some(
    (packing: Packing | false) =>
      packing !== false &&
      (packing.mode !== mode || packing.bits !== bits || packing.groupSize !== groupSize),
  );
}
