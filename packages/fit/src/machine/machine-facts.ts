import { findChip } from "./chips.ts";
import {
  assumedWiredLimit,
  type LimitSource,
  type Machine,
  type MemoryPressure,
} from "./machine.ts";

/** A system's facts about itself, as texts. A fact that could not be read is undefined. */
export interface MachineFacts {
  /** Node's `process.platform`. */
  readonly platform: string;
  /** Node's `process.arch`. */
  readonly arch: string;
  /** Bytes as the runtime reports them. Used when there is no better source. */
  readonly memoryBytes: number;
  /** Name of the processor, where the runtime knows. */
  readonly processor?: string | undefined;
  /**
   * `sysctl` lines `name: value` of `hw.memsize`, `machdep.cpu.brand_string`, `iogpu.wired_limit_mb`,
   * `kern.memorystatus_vm_pressure_level`.
   */
  readonly sysctl?: string | undefined;
  /** The output of `vm_stat`. */
  readonly vmStat?: string | undefined;
  /** The output of `sw_vers -productVersion`. */
  readonly productVersion?: string | undefined;
  /** `/proc/meminfo`. */
  readonly meminfo?: string | undefined;
  /** `max_recommended_working_set_size` of `mlx.core.device_info()`, where Python was asked. */
  readonly workingSetBytes?: number | undefined;
}

const PRESSURES: Readonly<Record<string, MemoryPressure>> = {
  1: "normal",
  2: "warning",
  4: "critical",
};

/** Makes a machine of the texts that were read. Texts that make no sense count as not read. */
export function machineFromFacts(facts: MachineFacts): Machine {
  const sysctl = readSysctl(facts.sysctl);
  const memoryBytes =
    positive(sysctl.get("hw.memsize")) ??
    meminfoBytes(facts.meminfo, "MemTotal") ??
    facts.memoryBytes;
  const isTarget = facts.platform === "darwin" && facts.arch === "arm64";
  const chip = sysctl.get("machdep.cpu.brand_string") ?? facts.processor ?? null;
  const [wiredLimitBytes, limitSource] = limit(facts, { sysctl, memoryBytes });
  return {
    chip: chip === "" ? null : chip,
    memoryBytes,
    wiredLimitBytes,
    limitSource,
    bandwidth: isTarget && chip !== null ? (findChip(chip)?.bandwidth ?? null) : null,
    macOS: /^\s*(\d{1,3}(?:\.\d{1,3}){0,2})\s*$/.exec(facts.productVersion ?? "")?.[1] ?? null,
    pressure: PRESSURES[sysctl.get("kern.memorystatus_vm_pressure_level") ?? ""] ?? null,
    availableBytes:
      vmStatBytes(facts.vmStat) ?? meminfoBytes(facts.meminfo, "MemAvailable") ?? null,
    isTarget,
    simulated: false,
  };
}

function limit(
  { workingSetBytes }: MachineFacts,
  known: { readonly sysctl: ReadonlyMap<string, string>; readonly memoryBytes: number },
): [number, LimitSource] {
  // MiB, set by root. 0 and less leave the choice to macOS.
  const set = positive(known.sysctl.get("iogpu.wired_limit_mb"));
  if (set !== undefined) return [Math.min(set * 2 ** 20, known.memoryBytes), "live"];
  if (
    workingSetBytes !== undefined &&
    Number.isSafeInteger(workingSetBytes) &&
    workingSetBytes > 0 &&
    workingSetBytes <= known.memoryBytes
  ) {
    return [workingSetBytes, "device_info"];
  }
  return [assumedWiredLimit(known.memoryBytes), "assumed"];
}

function readSysctl(text: string | undefined): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const line of (text ?? "").split("\n")) {
    const at = line.indexOf(":");
    if (at > 0)
      values.set(
        line.slice(0, at).trim(),
        line
          .slice(at + 1)
          .trim()
          .slice(0, 200),
      );
  }
  return values;
}

function positive(text: string | undefined): number | undefined {
  const value = /^\d{1,15}$/.test(text ?? "") ? Number(text) : 0;
  return value > 0 ? value : undefined;
}

function meminfoBytes(text: string | undefined, name: string): number | undefined {
  const found = new RegExp(`^${name}:\\s+(\\d{1,13}) kB`, "m").exec(text ?? "");
  return found ? Number(found[1]) * 1024 : undefined;
}

/** Free, inactive, purgeable and speculative pages. */
function vmStatBytes(text: string | undefined): number | undefined {
  const page = /page size of (\d{1,6}) bytes/.exec(text ?? "")?.[1];
  if (text === undefined || page === undefined) return undefined;
  let pages = 0;
  for (const name of ["free", "inactive", "purgeable", "speculative"]) {
    pages += Number(new RegExp(`^Pages ${name}:\\s+(\\d{1,12})\\.`, "m").exec(text)?.[1] ?? 0);
  }
  return pages * Number(page);
}
