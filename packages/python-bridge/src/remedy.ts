import { isOnPath } from "./find-python.ts";
import type { PythonInfo } from "./python-info.ts";

const WANTED = "huggingface_hub>=0.34";

/** The one command that brings `wanted` (default `huggingface_hub`) to this Python: by uv where there is one, else by pip. */
export function installCommand(
  info: PythonInfo,
  env: NodeJS.ProcessEnv,
  wanted: string = WANTED,
): string {
  const python = quoted(info.executable);
  const hasUv = isOnPath("uv", env);
  if (info.externallyManaged && !info.venv) {
    const home = "~/.mlx-download/python";
    const own = `${home}/bin/python`;
    const steps = hasUv
      ? [`uv venv --python ${python} ${home}`, `uv pip install --python ${own} "${wanted}"`]
      : [`${python} -m venv ${home}`, `${own} -m pip install "${wanted}"`];
    return [...steps, `export PYTHON_PATH=${own}`].join(" && ");
  }
  return hasUv
    ? `uv pip install --python ${python} "${wanted}"`
    : `${python} -m pip install --upgrade "${wanted}"`;
}

/** Whether that version of huggingface_hub is one that the bridge can work with. */
export function isSupportedHub(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 0 || minor >= 34;
}

const quoted = (path: string): string => (/^[\w./\\:-]+$/u.test(path) ? path : `"${path}"`);
