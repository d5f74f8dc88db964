import { type EvidenceList, evidenceOf } from "../model/evidence.ts";
import type { ConfiguredQuantization, Packing } from "../model/quantization.ts";
import type { StoredWeights } from "./stored-weights.ts";

/** A guess where no count is known: the usual bytes of one weight of this kind. */
export function parametersBySize({
  some,
  configured,
  weightsBytes,
  evidence,
}: {
  readonly some: StoredWeights | undefined;
  readonly configured: ConfiguredQuantization | undefined;
  readonly weightsBytes: number | undefined;
  readonly evidence: EvidenceList;
}): number | null {
  const uniform = (some?.packings.length ?? 0) <= 1 && !hasOtherPacking(configured);
  if (weightsBytes === undefined || !uniform) return null;
  const bits = bitsOfOne(some?.packings[0] ?? configured, some?.dtype);
  if (bits === undefined) return null;
  evidence["parameters"] = evidenceOf("files", `bytes of weights, ${bits} bits each`, true);
  return Math.round((weightsBytes * 8) / bits);
}

/** Bits that one weight takes with its share of scale and bias. */
function bitsOfOne(
  packing:
    | { readonly mode: string; readonly bits?: unknown; readonly groupSize?: unknown }
    | undefined,
  dtype: string | undefined,
): number | undefined {
  if (packing === undefined) return dtype === "float32" ? 32 : 16;
  const { mode, bits, groupSize } = packing;
  if (typeof bits !== "number" || typeof groupSize !== "number" || groupSize === 0)
    return undefined;
  return bits + (mode === "affine" ? 32 : 8) / groupSize;
}

/** Whether some layer is packed otherwise than the rest. */
export function hasOtherPacking(configured: ConfiguredQuantization | undefined): boolean {
  const { mode, bits, groupSize } = configured ?? {};
  return [...(configured?.overrides.values() ?? [])].some(
    (packing: Packing | false) =>
      packing !== false &&
      (packing.mode !== mode || packing.bits !== bits || packing.groupSize !== groupSize),
  );
}
