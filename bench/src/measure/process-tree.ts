import { readdirSync, readFileSync } from "node:fs";

/** Watches the memory of a process's descendants. */
export interface MemoryWatch {
  /** The largest sum of resident memory seen at one moment, in bytes; undefined where there is no /proc. */
  stop(): number | undefined;
}

const INTERVAL_MS = 20;

/** Samples the resident memory of everything that `pid` started, `pid` itself not counted. */
export function watchDescendants(pid: number): MemoryWatch {
  let peak: number | undefined;
  const sample = (): void => {
    const bytes = descendants(pid).map(residentBytes);
    const sum = bytes.reduce((total, one) => total + one, 0);
    if (sum > 0) peak = Math.max(peak ?? 0, sum);
  };
  const timer = setInterval(sample, INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      return peak;
    },
  };
}

/** All processes below `pid`, by /proc; empty where that says nothing. */
export function descendants(pid: number): readonly number[] {
  return children(pid).flatMap((child) => [child, ...descendants(child)]);
}

function children(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8")
        .split(" ")
        .filter((word) => word !== "")
        .map(Number),
    );
  } catch {
    return []; // it has ended, or there is no /proc
  }
}

function residentBytes(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
