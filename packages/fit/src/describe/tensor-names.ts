import type { ConfiguredQuantization } from "../model/quantization.ts";
import { field, isObject, parseJsonObject } from "../model/json-value.ts";
import type { TensorFinding } from "../model/tensor-finding.ts";
import type { ModelFiles } from "../model/model-files.ts";
import type { TensorInfo } from "../model/safetensors-header.ts";
import { packingOf, possibleWidths } from "./packing.ts";
import type { WeightFiles } from "./weight-files.ts";

/** The names of all tensors that mlx-lm would load, and the shapes of those whose headers were read. */
export interface TensorNames {
  /** Empty where not all are known. */
  readonly all: ReadonlySet<string>;
  /** Without scales and biases of packed weights. */
  readonly unpacked: ReadonlySet<string>;
  /** Those that they may have before packing. */
  readonly shapes: ReadonlyMap<string, readonly (readonly number[])[]>;
  /** Is the tensor packed in words of 32 bits? Undefined where its header was not read. */
  isPacked(path: string): boolean | undefined;
  /** Are its scales floats of 8 bits, as mxfp4, nvfp4 and mxfp8 have them? Undefined where its header was not read. */
  hasFloatScales(path: string): boolean | undefined;
  /** Tensors of a type that MLX does not read. */
  readonly unreadable: readonly TensorFinding[];
  /** Written by MLX: named as mlx-lm's modules name them. */
  readonly isMlx: boolean;
  /** Is the tensor one that `load_model` turns into MLX's packing before anything else (AWQ)? */
  isTransformed(name: string): boolean;
}

/** Reads the names from the headers when all are at hand, else from the index when it names just the files that are there. */
export function tensorNames(
  files: ModelFiles,
  weightFiles: WeightFiles,
  configured: ConfiguredQuantization | undefined,
): TensorNames {
  const tensors = new Map<string, TensorInfo>();
  let isMlx = false;
  const { loaded } = weightFiles;
  for (const { path } of loaded) {
    const header = files.headers?.get(path);
    for (const [name, tensor] of header?.tensors ?? []) tensors.set(name, tensor);
    isMlx ||= header?.metadata.get("format") === "mlx";
  }
  const complete = loaded.length > 0 && loaded.every(({ path }) => files.headers?.has(path));
  const all = complete ? new Set(tensors.keys()) : indexedNames(files, weightFiles);
  const isAwq = configured?.method === "awq";
  const packs = configured !== undefined;
  return {
    all,
    unpacked: new Set([...all].flatMap((name) => unpackedName(name, { all, isAwq, packs }))),
    unreadable: unreadableTensors(tensors),
    hasFloatScales(path) {
      const scales = tensors.get(`${path}.scales`);
      return scales && scales.dtype === "U8";
    },
    shapes: logicalShapes(tensors, configured),
    isMlx,
    isPacked(path) {
      const tensor = tensors.get(`${path}.weight`);
      return tensor && tensor.dtype === "U32";
    },
    isTransformed: (name) => isAwq && /\.(?:qweight|qzeros)$/.test(name),
  };
}

function indexedNames(files: ModelFiles, { loaded, missing, stray }: WeightFiles): Set<string> {
  if (loaded.length === 0 || missing.length > 0 || stray.length > 0) return new Set();
  const map = field(parseJsonObject(files.index), "weight_map");
  return new Set(isObject(map) ? Object.keys(map) : []);
}

// What `mx.load` of MLX 0.32 takes (tried).
const READABLE: ReadonlySet<string> = new Set(
  "F32 F16 BF16 F8_E4M3 F8_E8M0 I64 I32 I16 I8 U64 U32 U16 U8 BOOL C64".split(" "),
);

function unreadableTensors(tensors: ReadonlyMap<string, TensorInfo>): readonly TensorFinding[] {
  for (const [name, { dtype }] of tensors) {
    if (READABLE.has(dtype)) continue;
    return [{ code: "bad-weights", message: `MLX does not read ${dtype}, the type of ${name}` }];
  }
  return [];
}

/** The name as the model has it before packing. None for a tensor that only describes a packed weight. */
function unpackedName(
  name: string,
  {
    all,
    isAwq,
    packs,
  }: { readonly all: ReadonlySet<string>; readonly isAwq: boolean; readonly packs: boolean },
): readonly string[] {
  const dot = name.lastIndexOf(".");
  const [path, leaf] = [name.slice(0, dot), name.slice(dot + 1)];
  if (isAwq && leaf === "qweight") return [`${path}.weight`];
  if (isAwq && leaf === "qzeros") return [];
  const packed = packs && (all.has(`${path}.weight`) || all.has(`${path}.qweight`));
  return packed && /^(?:scales|biases|global_scale)$/.test(leaf) ? [] : [name];
}

function logicalShapes(
  tensors: ReadonlyMap<string, TensorInfo>,
  quantization: ConfiguredQuantization | undefined,
): ReadonlyMap<string, readonly (readonly number[])[]> {
  const shapes = new Map<string, readonly (readonly number[])[]>();
  for (const [name, { shape, dtype }] of tensors) {
    const path = name.endsWith(".weight") ? name.slice(0, -".weight".length) : undefined;
    const packing = path === undefined ? undefined : packingOf(path, { tensors, quantization });
    if (typeof packing === "object") {
      const packed = shape.at(-1) ?? 0;
      const groups = tensors.get(`${path}.scales`)?.shape.at(-1) ?? 1;
      const widths =
        packing.mode === "affine" && !quantization?.overrides.has(path ?? "")
          ? possibleWidths(packed, groups)
          : [(packed * 32) / packing.bits];
      shapes.set(
        name,
        widths.map((width) => [...shape.slice(0, -1), width]),
      );
    } else if (PLAIN.has(dtype)) {
      shapes.set(name, [shape]);
    }
  }
  return shapes;
}

const PLAIN: ReadonlySet<string> = new Set(["F32", "F16", "BF16"]);
