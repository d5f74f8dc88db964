import { readFile } from "node:fs/promises";
import { uptime } from "node:os";
import { promisify } from "node:util";

const MINUTE_MS = 60_000;
let known: Promise<string | undefined> | undefined;

/**
 * A word without spaces that stays the same until this machine restarts: the kernel's boot id where there is one,
 * otherwise the minute of the start. Undefined when the system tells neither.
 */
export function bootId(): Promise<string | undefined> {
  known ??= askSystem().then(
    (text) => (/^[\w-]{1,64}$/.test(text) ? text : undefined),
    () => undefined,
  );
  return known;
}

async function askSystem(): Promise<string> {
  if (process.platform === "linux") {
    return (await readFile("/proc/sys/kernel/random/boot_id", "latin1")).trim();
  }
  if (process.platform === "darwin") {
    const { execFile } = await import("node:child_process");
    const sysctl = promisify(execFile)("/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"], {
      timeout: 2000,
    });
    return (await sysctl).stdout.trim();
  }
  // A clock that was set since makes it another word, which costs a little trust and never gives too much.
  return `minute-${Math.round((Date.now() - uptime() * 1000) / MINUTE_MS)}`;
}
