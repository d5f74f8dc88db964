import { type ConfiguredQuantization, isPacking, type Packing } from "../model/quantization.ts";
import type { TensorInfo } from "../model/safetensors-header.ts";

/** The tensors beside a packed weight, and its packing. */
export interface AroundPacking {
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly quantization: ConfiguredQuantization | undefined;
}

/** How the module at `path` is packed. Undefined when it is not, `odd` when its shapes are none that MLX has. */
export function packingOf(
  path: string,
  { tensors, quantization }: AroundPacking,
): Packing | "odd" | undefined {
  const weight = tensors.get(`${path}.weight`);
  const scales = tensors.get(`${path}.scales`);
  const packed = weight?.shape.at(-1);
  const groups = scales?.shape.at(-1);
  if (!weight || !scales || weight.dtype !== "U32" || !packed || !groups) return undefined;
  // Packed words a group: bits · group size / 32.
  const words = packed / groups;
  if (scales.dtype === "U8") {
    return FLOAT_PACKINGS.find(({ bits, groupSize }) => (bits * groupSize) / 32 === words) ?? "odd";
  }
  const override = quantization?.overrides.get(path);
  const configured = [
    override || undefined,
    { mode: "affine", bits: quantization?.bits ?? 0, groupSize: quantization?.groupSize ?? 0 },
    // Nothing that fits is named: the group size of the others is the likelier one.
    ...[quantization?.groupSize ?? 64, 64, 32, 128].map((groupSize) => ({
      mode: "affine",
      bits: (words * 32) / groupSize,
      groupSize,
    })),
  ];
  return (
    configured.find(
      (packing) =>
        packing !== undefined &&
        packing.mode === "affine" &&
        isPacking(packing) &&
        packing.bits * packing.groupSize === words * 32,
    ) ?? "odd"
  );
}

const FLOAT_PACKINGS: readonly Packing[] = [
  { mode: "nvfp4", bits: 4, groupSize: 16 },
  { mode: "mxfp4", bits: 4, groupSize: 32 },
  { mode: "mxfp8", bits: 8, groupSize: 32 },
];

/** The widths before packing that words and groups of a packed weight allow: mlx-lm takes the one that its module has. */
export function possibleWidths(packed: number, groups: number): readonly number[] {
  const bitsAGroup = (packed * 32) / groups;
  return [32, 64, 128]
    .filter((groupSize) => isPacking({ mode: "affine", bits: bitsAGroup / groupSize, groupSize }))
    .map((groupSize) => groups * groupSize);
}
