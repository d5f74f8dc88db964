/** How the weights are packed. */
export interface Quantization {
  /** MLX's mode (`affine`, `mxfp4`, `nvfp4`, `mxfp8`), or the foreign method (`awq`, `gptq`, `fp8` …). */
  readonly mode: string;
  readonly bits: number | null;
  readonly groupSize: number | null;
  /** All stored bits by all logical parameters; null when one of them is unknown. */
  readonly bitsPerWeight: number | null;
  /** Some layer differs in mode, bits or group. */
  readonly mixed: boolean;
}
