import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Circumstances, Diagnosis } from "./diagnosis.ts";

const packages = ["mlx", "mlx-lm", "huggingface-hub", "hf-xet"];
const patienceMs = 10_000;

const script = `
import json, platform
from importlib import metadata
found = {"python": platform.python_version()}
for name in ${JSON.stringify(packages)}:
    try:
        found[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
print(json.dumps(found))
`;

/** What a Python says about itself and the packages; undefined when it is not there or does not answer in time. */
function ask(
  python: string,
  { env, signal }: Circumstances,
): Promise<Readonly<Record<string, string>> | undefined> {
  return new Promise((resolve) => {
    const child = spawn(python, ["-I", "-c", script], {
      env,
      signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
      stdio: ["ignore", "pipe", "ignore"],
    });
    let text = "";
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (chunk: string) => {
      text += chunk;
    });
    child.on("error", () => resolve(undefined));
    child.on("close", () => {
      try {
        resolve(JSON.parse(text) as Record<string, string>);
      } catch {
        resolve(undefined);
      }
    });
  });
}

/** The Python that a shell would start here, and the versions of what runs MLX models in it. */
export async function lookAtPython(circumstances: Circumstances): Promise<readonly Diagnosis[]> {
  const { env } = circumstances;
  const own = env["PYTHON_PATH"]?.trim();
  const venv = env["VIRTUAL_ENV"]?.trim();
  const python = own || (venv ? join(venv, "bin", "python") : "python3");
  const found = await ask(python, circumstances);
  if (found === undefined)
    return [
      { name: "python", status: "skip", detail: `${python} does not answer; no download needs it` },
    ];
  const { python: version = "", ...versions } = found;
  const listed = Object.entries(versions).map(([name, text]) => `${name} ${text}`);
  const detail = [`${python} ${version}`, ...listed].join(", ");
  return versions["mlx-lm"] === undefined
    ? [
        {
          name: "python",
          status: "warn",
          detail: `${detail}; mlx-lm is not in it`,
          data: found,
          hint: "pip install mlx-lm runs what is downloaded; downloads work without.",
        },
      ]
    : [{ name: "python", status: "ok", detail, data: found }];
}
