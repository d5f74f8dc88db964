import { spawnSync } from "node:child_process";

/** A program that runs another one and tells afterwards, on descriptor 3, what it took. */
export interface Launcher {
  readonly name: "wait4" | "bash";
  /** The command line that runs `argv`. */
  wrap(argv: readonly string[]): readonly string[];
  /** Reads what was written to descriptor 3; undefined when it was killed before. */
  parse(report: string): LauncherReport | undefined;
}

/** What one process and all it waited for took. */
export interface LauncherReport {
  readonly wallMs: number;
  readonly cpuMs: number;
  /** The largest single process, in bytes, as the kernel counted it. */
  readonly largestBytes: number | undefined;
  readonly exitCode: number;
}

// ru_maxrss is in KB on Linux and in bytes on macOS.
const PYTHON = `
import os, sys, time, json
argv = sys.argv[1:]
start = time.perf_counter()
pid = os.posix_spawnp(argv[0], argv, os.environ)
_, status, used = os.wait4(pid, 0)
wall = time.perf_counter() - start
code = os.waitstatus_to_exitcode(status)
unit = 1 if sys.platform == "darwin" else 1024
os.write(3, json.dumps({"wallMs": wall * 1000, "cpuMs": (used.ru_utime + used.ru_stime) * 1000, "largestBytes": used.ru_maxrss * unit, "exitCode": code}).encode())
sys.exit(code if code >= 0 else 128 - code)
`;

const BASH = `exec 4>&2; TIMEFORMAT='%3R %3U %3S'; { time "$@" 2>&4; } 2>&3; code=$?; echo "$code" >&3; exit $code`;

function bashReport(report: string): LauncherReport | undefined {
  const match = /([\d.]+) ([\d.]+) ([\d.]+)\n(\d+)\n$/.exec(report);
  if (!match) return undefined;
  const [wall = 0, user = 0, system = 0, exitCode = 1] = match.slice(1).map(Number);
  return {
    wallMs: wall * 1000,
    cpuMs: (user + system) * 1000,
    largestBytes: undefined,
    exitCode,
  };
}

/** wait4 through Python where there is one; else bash's clock, which knows no memory. Throws when there is neither. */
export function findLauncher(): Launcher {
  const python = spawnSync("python3", ["-I", "-c", "import sys; print(sys.executable)"], {
    encoding: "utf8",
  });
  if (python.status === 0) {
    const executable = python.stdout.trim();
    return {
      name: "wait4",
      wrap: (argv) => [executable, "-I", "-S", "-c", PYTHON, ...argv],
      parse: (report) => (report === "" ? undefined : (JSON.parse(report) as LauncherReport)),
    };
  }
  if (spawnSync("bash", ["-c", "true"]).status === 0) {
    return {
      name: "bash",
      wrap: (argv) => ["bash", "-c", BASH, "bench", ...argv],
      parse: bashReport,
    };
  }
  throw new Error("python3 or bash is needed to measure what a process took");
}
