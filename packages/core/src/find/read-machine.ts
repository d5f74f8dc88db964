import { readFile } from "node:fs/promises";
import { arch, cpus, platform, totalmem } from "node:os";
import { type Machine, machineFromFacts } from "@mlx-download/fit";

/** How this machine is read. */
export interface ReadMachineOptions {
  /** `max_recommended_working_set_size` of MLX's `device_info()` in bytes, where Python was asked for it. */
  readonly workingSetBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const SYSCTLS = [
  "hw.memsize",
  "machdep.cpu.brand_string",
  "iogpu.wired_limit_mb",
  "kern.memorystatus_vm_pressure_level",
];
/** Asks Metal itself, through the scripting that every Mac has. MLX's `device_info()` gives the same figure. */
const ASK_METAL = `
ObjC.import('Metal');
ObjC.bindFunction('MTLCreateSystemDefaultDevice', ['id', []]);
Number($.MTLCreateSystemDefaultDevice().recommendedMaxWorkingSetSize);
`;
/** These programs answer in milliseconds. One that hangs must not delay a download. */
const PATIENCE_MS = 2000;

/**
 * The facts of this machine that matter for running models. Asks sysctl, vm_stat, sw_vers and Metal on macOS, reads
 * /proc/meminfo on Linux. Other facts are unknown or assumed, and marked so. Never rejects except with the signal's
 * reason.
 */
export async function readMachine(options: ReadMachineOptions = {}): Promise<Machine> {
  const { signal } = options;
  signal?.throwIfAborted();
  const mac = platform() === "darwin";
  const known = options.workingSetBytes;
  const [sysctl, vmStat, productVersion, meminfo, metal] = await Promise.all([
    mac ? readSysctl(signal) : undefined,
    mac ? output("/usr/bin/vm_stat", [], signal) : undefined,
    mac ? output("/usr/bin/sw_vers", ["-productVersion"], signal) : undefined,
    mac ? undefined : readFile("/proc/meminfo", "utf8").catch(() => undefined),
    mac && known === undefined
      ? output("/usr/bin/osascript", ["-l", "JavaScript", "-e", ASK_METAL], signal)
      : undefined,
  ]);
  signal?.throwIfAborted();
  return machineFromFacts({
    platform: platform(),
    arch: arch(),
    memoryBytes: totalmem(),
    processor: cpus()[0]?.model,
    sysctl,
    vmStat,
    productVersion,
    meminfo,
    workingSetBytes: known ?? (metal === undefined ? undefined : Number(metal)),
  });
}

/** One question a name: sysctl answers nothing at all when a single name is unknown (no `iogpu` before macOS 14). */
async function readSysctl(signal: AbortSignal | undefined): Promise<string> {
  const lines = await Promise.all(
    SYSCTLS.map((name) => output("/usr/sbin/sysctl", [name], signal)),
  );
  return lines.filter((line) => line !== undefined).join("\n");
}

async function output(
  program: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const { execFile } = await import("node:child_process");
  return new Promise((resolve) => {
    const options = { timeout: PATIENCE_MS, maxBuffer: 65_536, env: {}, ...(signal && { signal }) };
    execFile(program, [...args], options, (error, stdout) => resolve(error ? undefined : stdout));
  });
}
