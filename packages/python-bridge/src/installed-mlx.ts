import type { MlxLmSupport } from "@mlx-download/fit";
import { pythonError, type PythonBridgeError } from "./errors.ts";
import { PythonBridge, type PythonBridgeOptions } from "./python-bridge.ts";
import type { PythonInfo } from "./python-info.ts";
import type { PythonRuntime } from "./python-runtime.ts";
import { installCommand } from "./remedy.ts";

/** The installed programs that run models. JSON-safe. */
export interface InstalledMlx {
  /** Absolute path of the Python that was asked. */
  readonly python: string;
  /** The models that its mlx-lm and MLX can load: the `support` option of `inspectModel`. */
  readonly support: MlxLmSupport;
  /**
   * `max_recommended_working_set_size` of `mx.device_info()` in bytes, for `readMachine`. Undefined where MLX gives
   * none, as on a CPU.
   */
  readonly workingSetBytes: number | undefined;
  /** Why MLX is installed but does not start. Undefined where it does. */
  readonly deviceError: string | undefined;
}

/**
 * Asks a Python for its mlx-lm and MLX: the one that is named, `PYTHON_PATH`, the active environment, that of the command
 * `mlx_lm.generate`, those of the PATH. Takes about a second and ends the process. Throws `python/no-mlx-lm` where one of
 * the two is not installed, and what `PythonBridge` throws.
 */
export async function readInstalledMlx(
  options: Pick<PythonBridgeOptions, "python" | "env" | "startTimeoutMs"> & {
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<InstalledMlx> {
  const { signal, env = process.env, ...which } = options;
  const bridge = new PythonBridge({ ...which, env, signal, wants: "mlx-lm" });
  try {
    return installedMlx(await bridge.info(), await bridge.runtime({ signal }), env);
  } finally {
    await bridge.close();
  }
}

function installedMlx(
  info: PythonInfo,
  runtime: PythonRuntime,
  env: NodeJS.ProcessEnv,
): InstalledMlx {
  const { mlx, "mlx-lm": mlxLm } = runtime.versions;
  const { modelTypes, device } = runtime;
  if (!mlxLm || !mlx || modelTypes === null) throw noMlxLm(info, runtime, env);
  const answer = device ?? { error: "it says nothing of its device" };
  const workingSet = "error" in answer ? undefined : answer.info[WORKING_SET];
  return {
    python: info.executable,
    support: {
      ...supportOf(runtime, modelTypes),
      mlxLmVersion: mlxLm,
      mlxVersion: mlx,
      python: info.executable,
    },
    workingSetBytes: typeof workingSet === "number" && workingSet > 0 ? workingSet : undefined,
    deviceError: "error" in answer ? answer.error : undefined,
  };
}

const WORKING_SET = "max_recommended_working_set_size";

function supportOf(
  runtime: PythonRuntime,
  modelTypes: readonly string[],
): Omit<MlxLmSupport, "mlxLmVersion" | "mlxVersion" | "python"> {
  const { needsMore, quantizationModes, packedExperts } = runtime;
  return {
    modules: modelTypes.filter((name) => !needsMore.includes(name)),
    needsMore,
    remapping: runtime.modelRemapping,
    architectureRemapping: runtime.architectureRemapping,
    ...(quantizationModes !== null && { quantizationModes }),
    ...(packedExperts !== null && { packedExperts }),
  };
}

function noMlxLm(
  info: PythonInfo,
  { versions }: PythonRuntime,
  env: NodeJS.ProcessEnv,
): PythonBridgeError {
  const { executable, python } = info;
  const missing = versions["mlx-lm"] ? "mlx" : "mlx-lm";
  // Where there is no Metal, mlx-lm does not bring its MLX.
  const wanted = process.platform === "darwin" ? missing : missing.replace(/^mlx$/, "mlx[cpu]");
  const command = installCommand(info, env, wanted);
  return pythonError("python/no-mlx-lm", `${executable} (Python ${python}) has no ${missing}`, {
    hint: `Install it (${command}), or name the Python that has it.`,
    data: { executable, python, missing, command },
  });
}
