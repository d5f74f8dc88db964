import type { DownloadBackend } from "@mlx-download/core";
import type { Flags } from "../../command-line/flags.ts";
import type { Shell } from "../../shell/shell.ts";

/**
 * Runs `work` with the backend that `--backend` names, and closes the backend afterwards. Undefined
 * is the native engine.
 */
export async function withBackend<T>(
  { backend, quiet }: Pick<Flags, "backend" | "quiet">,
  { env, stderr }: Pick<Shell, "env" | "stderr">,
  work: (backend: DownloadBackend | undefined) => Promise<T>,
): Promise<T> {
  if (backend !== "python") return work(undefined);
  if (env["MLX_DOWNLOAD_LIMIT_RATE"]?.trim() && !quiet)
    stderr.write("warning: limit-rate is set, and the Python client has no limit of its own.\n");
  const { PythonBackend } = await import("@mlx-download/python-bridge");
  const python = new PythonBackend({ env });
  try {
    return await work(python);
  } finally {
    await python.close();
  }
}
