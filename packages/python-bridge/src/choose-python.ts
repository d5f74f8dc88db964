import { pythonError, type PythonBridgeError } from "./errors.ts";
import { type PythonCandidate, pythonCandidates } from "./find-python.ts";
import type { PythonInfo } from "./python-info.ts";
import { installCommand, isSupportedHub } from "./remedy.ts";
import { type PythonProcess, startProcess, type UnusablePython } from "./start-process.ts";

/** Which Python, and how long it may take to start. */
export interface ChoosePythonOptions {
  readonly python?: string | undefined;
  /** The package that makes a Python preferred. Default `hub`. */
  readonly wants?: "hub" | "mlx-lm" | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly startTimeoutMs: number;
  /** Aborted, nothing is started any more. */
  readonly closing?: AbortSignal | undefined;
  /** Another script in the place of the bridge, for tests. */
  readonly script?: string | undefined;
}

/**
 * Starts the first Python that has the wanted package, huggingface_hub or mlx-lm. Without one it starts the first that
 * runs, whose calls then report the missing package. Throws `python/not-found`, `python/unsupported`, `python/crashed`,
 * and the reason of `closing`.
 */
export async function choosePython(options: ChoosePythonOptions): Promise<PythonProcess> {
  const tried: { readonly candidate: PythonCandidate; readonly why: UnusablePython }[] = [];
  let second: PythonProcess | undefined;
  for (const candidate of pythonCandidates(options.env, options)) {
    const started = await startProcess(candidate, options);
    if (options.closing?.aborted) {
      for (const one of [started, second]) if (one && "child" in one) one.child.kill("SIGKILL");
      throw options.closing.reason;
    }
    if ("reason" in started) {
      tried.push({ candidate, why: started });
      continue;
    }
    if (candidate.chosen || hasWanted(started.info, options)) {
      second?.child.kill("SIGKILL");
      return started;
    }
    if (second === undefined) second = started;
    else started.child.kill("SIGKILL");
  }
  if (second) return second;
  throw noPython(tried);
}

function hasWanted(info: PythonInfo, { wants, env }: ChoosePythonOptions): boolean {
  return wants === "mlx-lm" ? info.mlxLm !== undefined : hubProblem(info, env) === undefined;
}

/** Why this Python cannot speak to the Hub: `python/no-hub-client` or `python/unsupported`. */
export function hubProblem(
  info: PythonInfo,
  env: NodeJS.ProcessEnv,
): PythonBridgeError | undefined {
  const { executable, python, huggingfaceHub } = info;
  const command = installCommand(info, env);
  const data = { executable, python, huggingfaceHub: huggingfaceHub ?? null, command };
  if (huggingfaceHub === undefined) {
    return pythonError(
      "python/no-hub-client",
      `${executable} (Python ${python}) has no huggingface_hub`,
      {
        hint: `Install it: ${command}`,
        data,
      },
    );
  }
  if (isSupportedHub(huggingfaceHub)) return undefined;
  return pythonError(
    "python/unsupported",
    `${executable} has huggingface_hub ${huggingfaceHub}, but 0.34 or newer is needed`,
    { hint: `Update it: ${command}`, data },
  );
}

function noPython(
  tried: readonly { readonly candidate: PythonCandidate; readonly why: UnusablePython }[],
): PythonBridgeError {
  const list = tried.map(
    ({ candidate, why }) => `${candidate.command} (${candidate.source}) ${why.detail}`,
  );
  const data = { tried: list };
  const broken = tried.find(({ why }) => why.reason === "broken");
  const old = tried.find(({ why }) => why.reason === "too-old");
  if (broken) {
    return pythonError("python/crashed", `Python does not start: ${list.join("; ")}`, {
      hint: `Try it by hand: ${broken.candidate.command} -c "print(1)". Or name another one with PYTHON_PATH.`,
      data,
    });
  }
  if (old) {
    return pythonError("python/unsupported", `Python 3.10 or newer is needed: ${list.join("; ")}`, {
      hint: "Install a newer one (uv python install 3.12, brew install python, your system's packages), or name it with PYTHON_PATH.",
      data,
    });
  }
  const chosen = tried.some(({ candidate }) => candidate.chosen);
  return pythonError("python/not-found", `there is no Python: ${list.join("; ")}`, {
    hint: chosen
      ? "Name the path of a Python 3.10 or newer, or leave it out to have one looked for."
      : "Install Python 3.10 or newer (uv python install 3.12, brew install python, your system's packages), or name it with PYTHON_PATH.",
    data,
  });
}
