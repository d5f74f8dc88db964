import type { PythonBridge } from "@mlx-download/python-bridge";
import type { Circumstances, Diagnosis } from "./diagnosis.ts";

const startTimeoutMs = 10_000;

/**
 * Checks the Python that `--fit-python auto` would ask, and the versions of the MLX packages in it.
 */
export async function lookAtPython(circumstances: Circumstances): Promise<readonly Diagnosis[]> {
  const bridges = await import("@mlx-download/python-bridge");
  const { env, signal } = circumstances;
  const bridge = new bridges.PythonBridge({ env, startTimeoutMs, signal, wants: "mlx-lm" });
  try {
    return [await diagnosePython(bridge, circumstances)];
  } catch (error) {
    if (!(error instanceof bridges.PythonBridgeError)) throw error;
    const detail = `${error.message}; downloads do not need it`;
    return [{ name: "python", status: "skip", detail }];
  } finally {
    await bridge.close();
  }
}

async function diagnosePython(bridge: PythonBridge, { signal }: Circumstances): Promise<Diagnosis> {
  const { python, executable } = await bridge.info();
  const { versions, device, packedExperts } = await bridge.runtime({ signal });
  const listed = ["mlx", "mlx-lm", "huggingface_hub", "hf_xet"].flatMap((name) => {
    const version = versions[name];
    return version == null ? [] : [[name.replace("_", "-"), version] as const];
  });
  const error = device !== null && "error" in device ? device.error : undefined;
  const found = {
    python,
    ...Object.fromEntries(listed),
    executable,
    device: device !== null && "device" in device ? device.device : null,
  };
  const known = [`${executable} ${python}`, ...listed.map((pair) => pair.join(" "))].join(", ");
  const about = { name: "python", data: found } as const;
  const problem = problemOf(versions, { error, packedExperts });
  return problem === undefined
    ? { ...about, status: "ok", detail: known }
    : { ...about, status: "warn", detail: `${known}; ${problem.what}`, hint: problem.hint };
}

function problemOf(
  versions: Readonly<Record<string, string | null>>,
  seen: { readonly error: string | undefined; readonly packedExperts: boolean | null },
): { readonly what: string; readonly hint: string } | undefined {
  const without = "runs the downloaded models. Downloads work without it.";
  if (!versions["mlx-lm"])
    return { what: "mlx-lm is not in it", hint: `pip install mlx-lm ${without}` };
  if (!versions["mlx"]) return { what: "mlx is not in it", hint: `pip install mlx ${without}` };
  if (seen.error !== undefined)
    return {
      what: `MLX does not start: ${seen.error}`,
      hint: 'Try it by hand: python -c "import mlx.core".',
    };
  if (seen.packedExperts === false)
    return {
      what: "this mlx-lm and this mlx do not agree on packed experts (gather_qmm has no global_scale)",
      hint: "Quantized mixtures of experts are likely to fail at the first token. Update both.",
    };
  return undefined;
}
