import { parseModelName } from "./model-name.ts";

/**
 * Whether a repo's name says that it is quantized as `wanted` does (`4bit`, `8-bit`, `mxfp4`, `dwq`, `4bit-dwq`, `bf16`):
 * every part of `wanted` must be in the name. Bits alone mean MLX's plain (affine) kind.
 */
export function matchesQuantization(repoId: string, wanted: string): boolean {
  const want = parseModelName(`x-${wanted}`).quantization;
  const has = parseModelName(repoId).quantization;
  if (want === undefined || has === undefined) return false;
  const mode = want.mode ?? (want.method === undefined ? "affine" : undefined);
  return (
    (want.bits === undefined || want.bits === has.bits) &&
    (mode === undefined || mode === (has.mode ?? "affine")) &&
    (want.method === undefined || want.method === has.method) &&
    (want.groupSize === undefined || want.groupSize === has.groupSize) &&
    (!want.mixed || has.mixed)
  );
}
