import type { Machine } from "./machine.ts";
import { compareVersions } from "./versions.ts";

/** The attention of one layer, as MLX's kernels tell layers apart. */
export interface AttentionWidths {
  readonly queryDim: number;
  readonly valueDim: number;
}

/** Which attention MLX computes with a fused Metal kernel while a prompt is processed. */
interface FusedKernels {
  /** The first MLX release that they are in. */
  readonly since: string;
  /** Equal widths of queries and values, on every chip. */
  readonly widths: readonly number[];
  /** Unequal widths `[query, value]`, on every chip. */
  readonly pairs: readonly (readonly [number, number])[];
  /** Equal widths that only GPUs with matrix accelerators (M5, from macOS 26.2 on) fuse, in steps of enough tokens. */
  readonly acceleratedWidths: readonly number[];
}

/**
 * MLX's own rules, newest last. Read in `mlx/backend/metal/scaled_dot_product_attention.cpp` (`has_fused_kernel`,
 * `use_fallback`): 0.29 to 0.32.1 at commit c9ccaba99^, 0.32.2 at commit 846d17622 and in its macOS wheel; 0.32.4 in the
 * instructions of `use_fallback` in its macOS wheel. 0.32.4 also fuses width 256 on older chips where the whole prompt is
 * one step, which no long prompt is.
 */
const KERNELS: readonly FusedKernels[] = [
  { since: "0.0.0", widths: [64, 80, 128], pairs: [], acceleratedWidths: [] },
  { since: "0.32.2", widths: [64, 72, 80, 96, 128], pairs: [], acceleratedWidths: [256] },
  {
    since: "0.32.4",
    widths: [64, 72, 80, 96, 128],
    pairs: [[96, 64]],
    acceleratedWidths: [256, 512],
  },
];

/** The newest MLX release whose kernels are known here. */
const NEWEST_KNOWN_KERNELS = "0.32.4";

/** Steps of fewer tokens than this are not fused for accelerated widths (`use_fallback`). */
export const ACCELERATED_STEP = 1024;

/** Whether a step of a prompt needs a matrix of scores: `short`: only steps below `ACCELERATED_STEP` do. */
export type ScoreNeed = "never" | "short" | "always" | "unknown";

/** Where the attention runs. An unknown part makes the answer `unknown`. */
export interface AttentionRuntime {
  readonly mlxVersion: string;
  readonly machine?: Pick<Machine, "chip" | "macOS"> | undefined;
}

/** Whether attention of these widths builds a matrix of scores while a prompt is processed. */
export function scoreNeed(
  { queryDim, valueDim }: AttentionWidths,
  { mlxVersion, machine }: AttentionRuntime,
): ScoreNeed {
  const kernels = KERNELS.findLast(({ since }) => compareVersions(since, mlxVersion) <= 0);
  if (kernels === undefined) return "unknown";
  const fused =
    queryDim === valueDim
      ? kernels.widths.includes(queryDim)
      : kernels.pairs.some(([query, value]) => query === queryDim && value === valueDim);
  if (fused) return "never";
  if (compareVersions(mlxVersion, NEWEST_KNOWN_KERNELS) > 0) return "unknown";
  if (queryDim !== valueDim || !kernels.acceleratedWidths.includes(queryDim)) return "always";
  const accelerated = hasMatrixAccelerators(machine);
  if (accelerated === undefined) return "unknown";
  return accelerated ? "short" : "always";
}

/** Whether MLX uses the matrix accelerators of a GPU (`is_nax_available`: M5 and later, macOS 26.2 and later). */
function hasMatrixAccelerators(
  machine: Pick<Machine, "chip" | "macOS"> | undefined,
): boolean | undefined {
  const generation = /^Apple M(\d+)/.exec(machine?.chip ?? "")?.[1];
  if (machine === undefined || generation === undefined) return undefined;
  if (Number(generation) < 5) return false;
  return machine.macOS === null ? undefined : compareVersions(machine.macOS, "26.2") >= 0;
}
