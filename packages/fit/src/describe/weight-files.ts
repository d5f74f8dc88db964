import { field, parseJsonObject } from "../model/json-value.ts";
import type { ModelFile, ModelFiles } from "../model/model-files.ts";

/** The weight files of a snapshot, as mlx-lm's loader sees them. */
export interface WeightFiles {
  /** `model*.safetensors` at the top: all of them are loaded, listed in the index or not. */
  readonly loaded: readonly ModelFile[];
  /** Weights that the loader does not look at. */
  readonly ignored: readonly string[];
  /** Files that the index names and the snapshot lacks. */
  readonly missing: readonly string[];
  /** Loaded files that the index does not name. */
  readonly stray: readonly string[];
  /** Shards that the names of the others promise and the snapshot lacks. */
  readonly missingShards: number;
  /** Files of an adapter. */
  readonly adapters: readonly string[];
  /** Whether the files are known at all. */
  readonly known: boolean;
  /** The index's total of all tensors. */
  readonly index: IndexTotals | undefined;
}

/** The `metadata` of `model.safetensors.index.json`. */
export interface IndexTotals {
  readonly totalBytes: number | undefined;
  /** mlx-lm writes it: parameters before packing. */
  readonly totalParameters: number | undefined;
}

const LOADED = /^model[^/]*\.safetensors$/;
const ADAPTERS = /^(?:adapters|adapter_model)\.safetensors$|^(?:.*\/)?adapter_config\.json$/;
const WEIGHTS = /\.(?:safetensors|npz|gguf|bin|pt|pth|ckpt|h5|msgpack|onnx)$/i;

/** Sorts the files of a model into those mlx-lm loads and those it does not. */
export function findWeightFiles(files: ModelFiles): WeightFiles {
  const index = parseJsonObject(files.index);
  const named = [...new Set(Object.values(objectOf(index, "weight_map")))].filter(
    (path): path is string => typeof path === "string" && path.length <= 500,
  );
  const listed: readonly ModelFile[] =
    files.files ??
    [...new Set([...(files.headers?.keys() ?? []), ...named])].map((path) => ({ path }));
  const paths = new Set(listed.map(({ path }) => path));
  const loaded = listed.filter(({ path }) => LOADED.test(path));
  return {
    loaded,
    known: files.files !== undefined,
    missingShards: files.files ? missingShards(loaded) : 0,
    adapters: listed.map(({ path }) => path).filter((path) => ADAPTERS.test(path)),
    ignored: listed
      .map(({ path }) => path)
      .filter((path) => WEIGHTS.test(path) && !LOADED.test(path)),
    missing: files.files ? named.filter((path) => !paths.has(path)) : [],
    stray:
      named.length === 0
        ? []
        : loaded.map(({ path }) => path).filter((path) => !named.includes(path)),
    index: index && {
      totalBytes: amount(objectOf(index, "metadata")["total_size"]),
      totalParameters: amount(objectOf(index, "metadata")["total_parameters"]),
    },
  };
}

/** `model-00001-of-00003` alone promises two more. */
function missingShards(loaded: readonly ModelFile[]): number {
  const numbers = new Map<string, Set<string>>();
  for (const { path } of loaded) {
    const [, stem = "", number, count] = /^(.*)-(\d{5})-of-(\d{5})\.safetensors$/.exec(path) ?? [];
    if (number === undefined || count === undefined) continue;
    const key = `${stem} ${count}`;
    numbers.set(key, (numbers.get(key) ?? new Set()).add(number));
  }
  return Math.max(
    0,
    ...[...numbers].map(([key, found]) => Number(key.split(" ").at(-1)) - found.size),
  );
}

function objectOf(value: unknown, name: string): Readonly<Record<string, unknown>> {
  const found = field(value, name);
  return typeof found === "object" && found !== null
    ? (found as Readonly<Record<string, unknown>>)
    : {};
}

// 2^53 bytes is far above any model. Some writers store a float.
function amount(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}
