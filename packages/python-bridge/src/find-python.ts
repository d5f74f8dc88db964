import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { scriptPython } from "./script-python.ts";

/** A Python to try: a path or a name on the PATH, and in words why. */
export interface PythonCandidate {
  readonly command: string;
  readonly args: readonly string[];
  readonly source: string;
  /** The user named this one: when it does not work, no other is tried. */
  readonly chosen: boolean;
}

/**
 * Which Pythons to try, in order: the one that was named, `PYTHON_PATH`, the active virtual environment (venv, uv or
 * conda), then `python3`, `python` and `py` of the PATH. Where mlx-lm is wanted, the Python of the command `mlx_lm.generate`
 * comes before those of the PATH: uv, pipx and Homebrew give it an environment of its own.
 */
export function pythonCandidates(
  env: NodeJS.ProcessEnv,
  options: {
    readonly python?: string | undefined;
    readonly wants?: "hub" | "mlx-lm" | undefined;
    readonly platform?: NodeJS.Platform | undefined;
  } = {},
): readonly PythonCandidate[] {
  const { python, platform = process.platform } = options;
  const windows = platform === "win32";
  const named = python ?? (env["PYTHON_PATH"]?.trim() || undefined);
  if (named !== undefined) {
    const source = python === undefined ? "PYTHON_PATH" : "the python option";
    return [{ command: named, args: [], source, chosen: true }];
  }
  const inside = windows ? ["Scripts", "python.exe"] : ["bin", "python"];
  const found: PythonCandidate[] = [];
  const add = (command: string, source: string, args: readonly string[] = []): void => {
    found.push({ command, args, source, chosen: false });
  };
  const venv = env["VIRTUAL_ENV"]?.trim();
  if (venv) add(join(venv, ...inside), "VIRTUAL_ENV");
  const conda = env["CONDA_PREFIX"]?.trim();
  if (conda) add(windows ? join(conda, "python.exe") : join(conda, ...inside), "CONDA_PREFIX");
  const script = options.wants === "mlx-lm" ? scriptPython("mlx_lm.generate", env) : undefined;
  if (script !== undefined) add(script, "mlx_lm.generate");
  for (const name of ["python3", "python"]) add(name, "PATH");
  if (windows) add("py", "PATH", ["-3"]);
  return found;
}

/** Whether a program of that name is on the PATH of `env`. */
export function isOnPath(name: string, env: NodeJS.ProcessEnv): boolean {
  const suffixes = process.platform === "win32" ? [".exe", ".cmd", ""] : [""];
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return folders.some((folder) =>
    suffixes.some((suffix) => existsSync(join(folder, name + suffix))),
  );
}
