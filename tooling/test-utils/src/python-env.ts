import { existsSync } from "node:fs";
import { join } from "node:path";

/** A Python virtual environment that the interop suites use. */
export interface PythonEnv {
  readonly name: string;
  /** The interpreter. */
  readonly python: string;
  /** The folder of console scripts (`hf`, `mlx_lm.generate` …). */
  readonly bin: string;
}

/**
 * The environment `name` below `MLX_DOWNLOAD_PYTHON_ENVS`, or undefined (with the reason on stderr) where it is not
 * installed. `hub-2.4.0`, `hub-1.33.0`, `hub-0.34.6` hold that huggingface_hub; `mlx` holds mlx[cpu] and mlx-lm,
 * `olah` the caching mirror of that name.
 */
export function pythonEnv(
  name: "hub-2.4.0" | "hub-1.33.0" | "hub-0.34.6" | "mlx" | "olah",
): PythonEnv | undefined {
  const root = process.env["MLX_DOWNLOAD_PYTHON_ENVS"];
  const bin = root ? join(root, name, "bin") : undefined;
  const python = bin ? join(bin, "python") : undefined;
  if (bin && python && existsSync(python)) return { name, python, bin };
  process.stderr.write(
    `skipped: Python environment ${name} is not installed (${root ? `looked in ${root}` : "MLX_DOWNLOAD_PYTHON_ENVS is not set"})\n`,
  );
  return undefined;
}
