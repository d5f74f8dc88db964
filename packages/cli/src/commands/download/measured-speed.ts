import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DownloadResult } from "@mlx-download/core";
import { findHome } from "../../shell/home.ts";

/** How fast the last long download went. */
export interface MeasuredSpeed {
  readonly bytesPerSecond: number;
  /** In ms since 1970. */
  readonly at: number;
}

/** Shorter ones say more about the start than about the line. */
const leastMs = 3000;
const leastBytes = 20_000_000;

function speedFile(env: NodeJS.ProcessEnv): string {
  const base = env["XDG_STATE_HOME"]?.trim() || join(findHome(env) ?? "", ".local", "state");
  return join(base, "mlx-download", "speed.json");
}

/** The speed of the last download that was long enough to measure. Undefined when none is known. */
export async function readSpeed(env: NodeJS.ProcessEnv): Promise<MeasuredSpeed | undefined> {
  try {
    const { bytesPerSecond, at } = JSON.parse(
      await readFile(speedFile(env), "utf8"),
    ) as MeasuredSpeed;
    return bytesPerSecond > 0 && Number.isFinite(bytesPerSecond) && at > 0
      ? { bytesPerSecond, at }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Saves the speed of a download for the next dry run, unless it was too short. A write error is
 * ignored.
 */
export async function noteSpeed(result: DownloadResult, env: NodeJS.ProcessEnv): Promise<void> {
  const { bytes, durationMs } = result;
  if (bytes.fetched < leastBytes || durationMs < leastMs) return;
  const bytesPerSecond = Math.round(bytes.fetched / (durationMs / 1000));
  const path = speedFile(env);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${JSON.stringify({ bytesPerSecond, at: Date.now() })}\n`);
  } catch {
    // A read-only home is no reason to fail.
  }
}
