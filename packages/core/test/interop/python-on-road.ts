import { dirname, join } from "node:path";
import { run, type PythonEnv, type RunResult } from "@mlx-download/test-utils";
import type { Road } from "../fixture.ts";

/** Runs a program of the environment on the road's cache; only what is named here is in its environment. */
export function pythonOnRoad(env: PythonEnv, road: Road, over: NodeJS.ProcessEnv = {}) {
  const environment = {
    PATH: process.env["PATH"],
    HOME: dirname(road.cacheDir),
    HF_HOME: dirname(road.cacheDir),
    HF_HUB_CACHE: road.cacheDir,
    HF_ENDPOINT: road.hub.url,
    HF_HUB_DISABLE_TELEMETRY: "1",
    HF_HUB_DISABLE_UPDATE_CHECK: "1",
    HF_HUB_DISABLE_PROGRESS_BARS: "1",
    NO_COLOR: "1",
    ...over,
  };
  const start = (command: string, args: readonly string[]): Promise<RunResult> =>
    run(command, args, { env: environment });
  return {
    hf: (...args: string[]) => start(join(env.bin, "hf"), args),
    code: (source: string, ...args: string[]) => start(env.python, ["-c", source, ...args]),
  };
}
