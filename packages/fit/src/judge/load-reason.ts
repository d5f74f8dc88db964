/** Why a model loads or does not. Stable. */
export type LoadReasonCode =
  | "known-architecture"
  | "unknown-architecture"
  | "no-model-type"
  | "needs-package"
  | "needs-mlx-vlm"
  | "other-loader"
  | "text-only"
  | "missing-settings"
  | "bad-settings"
  | "unsupported-quantization"
  | "doubtful-quantization"
  | "needs-newer-mlx"
  | "experts-fail"
  | "no-weights"
  | "weights-not-seen"
  | "bad-weights"
  | "stray-weights"
  | "missing-files"
  | "missing-tensors"
  | "extra-tensors"
  | "tensor-shapes"
  | "override-fails"
  | "adapter"
  | "files-unknown"
  | "no-tokenizer"
  | "no-chat-template"
  | "remote-code"
  | "trusted-code"
  | "runs-code-unasked"
  | "inconsistent";

/** One reason of a verdict. */
export interface LoadReason {
  readonly code: LoadReasonCode;
  readonly message: string;
  /** Whether it alone keeps the model from loading. */
  readonly blocks: boolean;
}

/** A reason that alone keeps the model from loading. */
export const blocking = (code: LoadReasonCode, message: string): LoadReason => ({
  code,
  message,
  blocks: true,
});

/** Something to know before. */
export const note = (code: LoadReasonCode, message: string): LoadReason => ({
  code,
  message,
  blocks: false,
});
