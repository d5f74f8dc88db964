/** Something about the tensors that keeps mlx-lm from loading them. */
export interface TensorFinding {
  readonly code:
    | "missing-tensors"
    | "extra-tensors"
    | "tensor-shapes"
    | "override-fails"
    | "bad-weights";
  readonly message: string;
}

/** A finding of the check of the tensors. */
export interface TensorLook {
  readonly findings: readonly TensorFinding[];
  /** Whether all that the module wants is known and there. */
  readonly complete: boolean;
}
