import { evidenceOf, type EvidenceList } from "../model/evidence.ts";
import { field } from "../model/json-value.ts";
import type { ModelConfig } from "../model/model-config.ts";
import type { ModelDescription } from "../model/model-description.ts";
import type { ModelFiles } from "../model/model-files.ts";
import {
  configuredQuantization,
  type ConfiguredQuantization,
  type Quantization,
} from "../model/quantization.ts";
import type { SafetensorsHeader } from "../model/safetensors-header.ts";
import { moduleTensors, wordsOf } from "../mlx-lm/find-tensors.ts";
import { embedderLook } from "./embedder-tensors.ts";
import { hasOtherPacking, parametersBySize } from "./parameters-by-size.ts";
import { dtypeOf } from "./weights-dtype.ts";
import { generalLook } from "./general-findings.ts";
import { lookAtTensors } from "./tensor-findings.ts";
import { type TensorNames, tensorNames } from "./tensor-names.ts";
import { readStoredWeights, type StoredWeights } from "./stored-weights.ts";
import type { WeightFiles } from "./weight-files.ts";

/** The sources of the description of the weights. */
export interface WeightSources {
  readonly files: ModelFiles;
  readonly config: ModelConfig;
  readonly weightFiles: WeightFiles;
  /** Where the evidence goes. */
  readonly evidence: EvidenceList;
  /** The module of mlx-lm that would load them. */
  readonly module: string | undefined;
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
  | "doubtfulQuantization"
  | "problems"
  | "tensors"
  | "embedderTensors"
>;

/** Sizes, parameters and quantization: from the headers when all are here, else from index, sizes and config. */
export function describeWeights(sources: WeightSources): WeightFields {
  const { config, weightFiles, evidence, module } = sources;
  const configured = configuredQuantization(config.root, sources.files.hfQuantConfig);
  const { headers, complete } = loadedHeaders(sources);
  const some = headers.length > 0 ? readStoredWeights(headers, configured) : undefined;
  const stored = complete ? some : undefined;
  const names = tensorNames(sources.files, weightFiles, configured);
  const tensors =
    module === undefined
      ? generalLook(names, config)
      : lookAtTensors(names, { module, config, configured });
  const size = weightsBytesOf(sources, stored);
  const weightsBytes = size?.bytes;
  const parameters = parametersOf(weightFiles, stored, evidence);
  const bitsPerWeight =
    weightsBytes !== undefined && parameters !== undefined ? (weightsBytes * 8) / parameters : null;
  return {
    parameters: parameters ?? parametersBySize({ some, configured, weightsBytes, evidence }),
    storedElements: stored?.elements ?? null,
    weightsBytes: weightsBytes ?? null,
    residentBytes: stored?.residentBytes ?? estimatedResident(weightsBytes, configured),
    dtype: dtypeOf(sources, some, configured),
    quantization: quantizationOf({
      configured,
      stored: some,
      complete: stored !== undefined,
      bitsPerWeight,
      evidence,
    }),
    unsupportedQuantization:
      unsupportedOf(configured, some) ??
      unpackedByNobody(configured, names, module) ??
      activationsOf(config, some, names),
    doubtfulQuantization: doubtOf(configured, names, some),
    tensors,
    embedderTensors: embedderLook(names, config, configured),
    problems: [
      ...(size?.problem === undefined ? [] : [size.problem]),
      ...(some?.problems ?? []),
      ...mislabelled(configured, stored),
      ...(configured?.field === "quantization" && stored?.packings.length === 0
        ? ["config.json names a quantization and no tensor is packed"]
        : []),
    ],
  };
}

/** The label in the config that the tensors contradict. */
function mislabelled(
  configured: ConfiguredQuantization | undefined,
  stored: StoredWeights | undefined,
): readonly string[] {
  const [first] = stored?.packings ?? [];
  if (configured?.field !== "quantization" || first === undefined) return [];
  const { bits, mode } = configured;
  return stored?.packings.some((packing) => packing.bits === bits && packing.mode === mode)
    ? []
    : [
        `config.json says ${bits ?? "unknown"} bits (${mode}), and the tensors have ${first.bits} (${first.mode})`,
      ];
}

/** The headers of loaded files that are at hand, and whether these are all. */
function loadedHeaders({ files, weightFiles }: WeightSources): {
  readonly headers: readonly SafetensorsHeader[];
  readonly complete: boolean;
} {
  const { loaded, missing } = weightFiles;
  const headers = loaded
    .map(({ path }) => files.headers?.get(path))
    .filter((header) => header !== undefined);
  const complete = headers.length === loaded.length && loaded.length > 0 && missing.length === 0;
  return { headers, complete };
}

function unsupportedOf(
  configured: ConfiguredQuantization | undefined,
  some: StoredWeights | undefined,
): string | null {
  if (configured === undefined && some !== undefined && some.packings.length > 0) {
    return "its weights are packed, and config.json names no quantization";
  }
  return configured?.unsupported ?? some?.mismatch ?? null;
}

/** `quantize_activations` asks for layers packed as nvfp4 or mxfp8, and without a bias. */
function activationsOf(
  { root }: ModelConfig,
  some: StoredWeights | undefined,
  names: TensorNames,
): string | null {
  const asked = field(root, "quantize_activations");
  if (
    asked === undefined ||
    asked === false ||
    asked === null ||
    some === undefined ||
    some.packings.length === 0
  )
    return null;
  const biased = [...names.all].some(
    (name) => name.endsWith(".bias") && names.all.has(name.replace(/bias$/, "scales")),
  );
  return biased || !some.packings.some(({ mode }) => mode === "nvfp4" || mode === "mxfp8")
    ? "its config quantizes activations, which MLX does only with nvfp4 or mxfp8 and without biases"
    : null;
}

// Methods whose name is MLX's mode, or that mlx-lm reads under their own.
const READ_METHODS: ReadonlySet<string> = new Set(["bitnet", "fp8", "mxfp4", "mxfp8"]);

/** mlx-lm takes no notice of a method that it does not know: plain weights load, packed ones do not. */
function doubtOf(
  configured: ConfiguredQuantization | undefined,
  names: TensorNames,
  some: StoredWeights | undefined,
): string | null {
  if (configured?.odd !== undefined && some === undefined) return configured.odd;
  const { method, mode, unsupported } = configured ?? {};
  const isUnknown = method !== undefined && mode === method && unsupported === undefined;
  if (!isUnknown || READ_METHODS.has(method) || names.all.size > 0) return null;
  return `mlx-lm does not know the quantization ${method}; whether its weights are packed is not known`;
}

/** Weights that only some modules unpack, or none. Tensors decide where they are known. */
function unpackedByNobody(
  configured: ConfiguredQuantization | undefined,
  names: TensorNames,
  module: string | undefined,
): string | null {
  if (configured === undefined || module === undefined || names.all.size > 0) return null;
  const { mode, method } = configured;
  const unpacks = wordsOf(moduleTensors(module)?.unpacks);
  if (mode === "fp8") {
    return unpacks.includes("fp8") ? null : `mlx-lm's module ${module} does not unpack fp8 weights`;
  }
  const foreign = method === "compressed-tensors" || method === "modelopt";
  return foreign && !unpacks.includes("packed")
    ? `mlx-lm's module ${module} does not unpack weights as ${method} stores them`
    : null;
}

interface WeightsSize {
  readonly bytes: number;
  readonly problem?: string;
}

/** Other programs take weights of other names. */
function filesToWeigh({ files, weightFiles, module }: WeightSources): WeightFiles["loaded"] {
  const { loaded, ignored } = weightFiles;
  if (loaded.length > 0 || module !== undefined) return loaded;
  return (files.files ?? []).filter(
    ({ path }) => ignored.includes(path) && /^[^/]+\.(?:safetensors|npz)$/.test(path),
  );
}

function weightsBytesOf(
  sources: WeightSources,
  stored: StoredWeights | undefined,
): WeightsSize | undefined {
  const { weightFiles, evidence } = sources;
  if (stored) {
    evidence["weightsBytes"] = evidenceOf("header", "the headers of all loaded files");
    return { bytes: stored.tensorBytes };
  }
  const { index, stray } = weightFiles;
  const loaded = filesToWeigh(sources);
  const sizes = loaded.map(({ size }) => size).filter((size) => size !== undefined);
  const listed =
    sizes.length > 0 && sizes.length === loaded.length
      ? sizes.reduce((sum, size) => sum + size, 0)
      : undefined;
  const indexed = stray.length === 0 ? index?.totalBytes : undefined;
  const stale = indexed !== undefined && listed !== undefined && !agree(indexed, listed);
  if (indexed !== undefined && !stale) {
    evidence["weightsBytes"] = evidenceOf("index", "model.safetensors.index.json: total_size");
    return { bytes: indexed };
  }
  if (listed === undefined) return undefined;
  evidence["weightsBytes"] = evidenceOf("files", "sizes of model*.safetensors, headers included");
  return stale
    ? { bytes: listed, problem: "the index's total_size is not the size of the files" }
    : { bytes: listed };
}

/** Files are their tensors and headers: a little more than the index says. */
function agree(indexed: number, listed: number): boolean {
  return indexed <= listed && listed - indexed <= 0.02 * listed + 2 * MAX_USUAL_HEADERS;
}

const MAX_USUAL_HEADERS = 10_000_000;

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

interface QuantizationSigns {
  readonly configured: ConfiguredQuantization | undefined;
  readonly stored: StoredWeights | undefined;
  /** Whether the headers of all files stand behind it. */
  readonly complete: boolean;
  readonly bitsPerWeight: number | null;
  readonly evidence: EvidenceList;
}

function quantizationOf(signs: QuantizationSigns): Quantization | null {
  const { configured, stored, complete, bitsPerWeight, evidence } = signs;
  const packings = stored?.packings ?? [];
  if (!configured && packings.length === 0) return null;
  const [first] = packings;
  // The tensors are loaded, not the index. A label that none of them has is none.
  const labelled =
    !complete ||
    first === undefined ||
    packings.some(({ mode, bits }) => mode === configured?.mode && bits === configured.bits);
  const top =
    configured === undefined || !labelled
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
