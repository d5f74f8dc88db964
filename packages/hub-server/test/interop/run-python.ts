import { execFile } from "node:child_process";
import { join } from "node:path";
import type { PythonEnv } from "@mlx-download/test-utils";

/** What a program printed, and how it ended. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whose Hub and cache the program uses. */
export interface PythonOptions {
  readonly hfHome: string;
  readonly endpoint: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program of a Python environment in a clean environment of its own; never rejects. */
export function runPython(
  python: PythonEnv,
  [program = "python", ...args]: readonly string[],
  { hfHome, endpoint, env = {} }: PythonOptions,
): Promise<Ran> {
  const options = {
    env: {
      PATH: `${python.bin}:${process.env["PATH"] ?? ""}`,
      HOME: hfHome,
      HF_HOME: hfHome,
      HF_ENDPOINT: endpoint,
      HF_HUB_DISABLE_UPDATE_CHECK: "1",
      HF_HUB_DISABLE_TELEMETRY: "1",
      HF_HUB_DISABLE_PROGRESS_BARS: "1",
      NO_COLOR: "1",
      PYTHONDONTWRITEBYTECODE: "1",
      ...env,
    },
  };
  return new Promise((resolve) => {
    execFile(join(python.bin, program), args, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
  });
}
