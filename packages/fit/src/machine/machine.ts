import { type Chip, findChip } from "./chips.ts";
import { FitError } from "../model/errors.ts";

/** Where the figure for a GPU limit came from: asked of macOS, asked of MLX, or worked out from the memory. */
export type LimitSource = "live" | "device_info" | "assumed";

/** How short of memory macOS says it is. */
export type MemoryPressure = "normal" | "warning" | "critical";

/** A computer as far as it matters for running models. JSON-safe. Null means unknown. */
export interface Machine {
  /** `Apple M4 Max`, or another processor. */
  readonly chip: string | null;
  readonly memoryBytes: number;
  /** The memory that MLX may hold at once, in bytes (Metal's recommended working set). */
  readonly wiredLimitBytes: number;
  readonly limitSource: LimitSource;
  /** Bytes a second between memory and GPU, lowest and highest of the chips sold under this name. Null when unknown. */
  readonly bandwidth: { readonly low: number; readonly high: number } | null;
  /** Version of macOS: `15.5`. */
  readonly macOS: string | null;
  readonly pressure: MemoryPressure | null;
  /** Bytes that are free or can be freed now. */
  readonly availableBytes: number | null;
  /** Does MLX run its Metal kernels here: Apple silicon under macOS? */
  readonly isTarget: boolean;
  /** Was it described by the caller instead of asked? */
  readonly simulated: boolean;
}

const GIB = 2 ** 30;

/**
 * The default limit of macOS, assumed when it cannot be read: two thirds of the memory below 36 GiB, three quarters
 * from there. The rule of 2023 and the lowest share in use. Newer systems were reported with 74 to 84 %.
 */
export function assumedWiredLimit(memoryBytes: number): number {
  return Math.floor(memoryBytes < 36 * GIB ? (memoryBytes * 2) / 3 : (memoryBytes * 3) / 4);
}

/**
 * Reads an amount of memory as Macs are sold: `64G`, `64 GB` and `64GiB` are all 64·2³⁰ bytes. `T` and `M` are read alike. A
 * bare number means G. Throws `fit/invalid-option` below 1 GiB, above 64 TiB, and for anything else.
 */
export function parseMemorySize(text: string): number {
  const match = /^\s*(\d{1,7}(?:\.\d{1,3})?)\s*([mgt]?)(?:i?b)?\s*$/i.exec(text);
  const scale = { m: 2 ** 20, g: GIB, t: 2 ** 40 }[match?.[2]?.toLowerCase() || "g"] ?? GIB;
  const bytes = match ? Math.round(Number(match[1]) * scale) : 0;
  if (bytes < GIB || bytes > 2 ** 46) {
    throw new FitError(
      `${JSON.stringify(text.slice(0, 40))} is no amount of memory`,
      "fit/invalid-option",
      {
        hint: "Write it as it is sold, for example 64G.",
        data: { name: "memory" },
      },
    );
  }
  return bytes;
}

/** The facts of an imagined Mac. Those that are absent are taken from `base`. */
export interface SimulatedMachine {
  /** `64G`, see `parseMemorySize`. */
  readonly memory?: string | undefined;
  /** `m4-max`, `M4 Max` or `Apple M4 Max`. */
  readonly chip?: string | undefined;
}

/**
 * Another Mac than this one: with the memory and chip that are given, the limit assumed. Without memory it has that of
 * `base`. Throws `fit/invalid-option` for an unknown memory size or chip.
 */
export function simulateMachine(base: Machine, simulated: SimulatedMachine): Machine {
  const { memory, chip } = simulated;
  if (memory === undefined && chip === undefined) return base;
  const known = chip === undefined ? undefined : requireChip(chip);
  const memoryBytes = memory === undefined ? base.memoryBytes : parseMemorySize(memory);
  const sameMemory = memory === undefined && base.isTarget;
  return {
    chip: known?.name ?? (base.isTarget ? base.chip : null),
    memoryBytes,
    wiredLimitBytes: sameMemory ? base.wiredLimitBytes : assumedWiredLimit(memoryBytes),
    limitSource: sameMemory ? base.limitSource : "assumed",
    bandwidth: known?.bandwidth ?? (base.isTarget ? base.bandwidth : null),
    macOS: base.macOS,
    pressure: null,
    availableBytes: null,
    isTarget: true,
    simulated: true,
  };
}

function requireChip(text: string): Chip {
  const chip = findChip(text);
  if (chip) return chip;
  throw new FitError(
    `${JSON.stringify(text.slice(0, 40))} is no Apple chip known here`,
    "fit/invalid-option",
    {
      hint: "Write it like m4-max: m1 to m5, with pro, max or ultra.",
      data: { name: "chip" },
    },
  );
}
