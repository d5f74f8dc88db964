import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { run } from "@mlx-download/test-utils/run";
import { holdLock } from "../bootstrap/lock.mjs";

/** Every environment of the interop suites, pinned; what takes longest comes first. */
const environments: Readonly<Record<string, readonly string[]>> = {
  mlx: ["mlx[cpu]==0.32.2", "mlx-lm==0.32.2", "huggingface_hub==2.4.0", "hf_xet==1.8.0"],
  "hub-2.4.0": ["huggingface_hub==2.4.0", "hf_xet==1.8.0", "pytest==9.2.0", "mypy==2.4.1"],
  "hub-1.33.0": ["huggingface_hub==1.33.0", "hf_xet==1.8.0", "pytest==9.2.0"],
  "hub-0.34.6": ["huggingface_hub==0.34.6", "hf_xet==1.8.0", "pytest==9.2.0"],
  olah: ["olah==0.5.4"],
};

/** Marks an environment whose installation came to its end; holds what was installed. */
const stamp = "installed.txt";

/**
 * The folder of Python environments for a test run: the one that is set, else `.toolchain/python`, filled first in
 * CI and with `MLX_DOWNLOAD_INTEROP=1`. Undefined where there is none; the suites then say that they are skipped.
 */
export async function preparePythonEnvs(
  root: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  if (env["MLX_DOWNLOAD_PYTHON_ENVS"]) return env["MLX_DOWNLOAD_PYTHON_ENVS"];
  if (isOn(env["CI"]) || isOn(env["MLX_DOWNLOAD_INTEROP"])) return bringPythonEnvs(root);
  const folder = join(root, ".toolchain/python");
  const there = await access(folder).then(
    () => true,
    () => false,
  );
  return there ? folder : undefined;
}

/** Makes the environments that are missing; one that cannot be made is left out, with the reason on stderr. */
export async function bringPythonEnvs(root: string): Promise<string> {
  const folder = join(root, ".toolchain/python");
  await mkdir(folder, { recursive: true });
  const release = await holdLock(join(root, ".toolchain/python.lock"));
  try {
    const queue = Object.entries(environments).values();
    const lane = async (): Promise<void> => {
      for (const [name, requirements] of queue) await bringEnv(join(folder, name), requirements);
    };
    await Promise.all([lane(), lane()]);
  } finally {
    await release();
  }
  return folder;
}

/** Makes an environment that is missing or another one than is wanted now. */
async function bringEnv(home: string, requirements: readonly string[]): Promise<void> {
  const wanted = requirements.join("\n");
  if ((await readFile(join(home, stamp), "utf8").catch(() => undefined)) === wanted) return;
  process.stderr.write(`bringing Python environment ${basename(home)} …\n`);
  // A venv knows its own path, so it cannot be made beside and renamed: the stamp written last says it is whole.
  await rm(home, { recursive: true, force: true });
  const problem = await makeEnv(home, requirements);
  if (problem === undefined) return writeFile(join(home, stamp), wanted);
  await rm(home, { recursive: true, force: true });
  process.stderr.write(`Python environment ${basename(home)} cannot be made: ${problem}\n`);
}

async function makeEnv(home: string, requirements: readonly string[]): Promise<string | undefined> {
  const python = await findPython();
  if (!python) return "no Python 3.11 or newer on PATH (python3)";
  const steps = [
    [python, ["-m", "venv", home]],
    [join(home, "bin/python"), ["-m", "pip", "install", "--quiet", "--no-input", ...requirements]],
  ] as const;
  for (const [command, args] of steps) {
    const { code, stdout, stderr } = await run(command, args, { timeoutMs: 600_000 });
    if (code !== 0) return `${command} ${args.join(" ")}\n${stdout}${stderr}`.trim();
  }
  return undefined;
}

/** The first of the usual names that is 3.11 or newer. */
async function findPython(): Promise<string | undefined> {
  const program = "import sys; raise SystemExit(0 if sys.version_info >= (3, 11) else 1)";
  for (const name of ["python3", "python3.14", "python3.13", "python3.12", "python3.11"]) {
    const result = await run(name, ["-c", program]).catch(() => undefined);
    if (result?.code === 0) return name;
  }
  return undefined;
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}
