import type { DownloadBackend } from "@mlx-download/core";
import type { Flags } from "../command-line/flags.ts";
import type { Shell } from "../shell.ts";

/** Runs `work` with the backend that `--backend` names, and ends what that started; undefined is the native engine. */
export async function withBackend<T>(
  { backend }: Pick<Flags, "backend">,
  { env }: Pick<Shell, "env">,
  work: (backend: DownloadBackend | undefined) => Promise<T>,
): Promise<T> {
  if (backend !== "python") return work(undefined);
  const { PythonBackend } = await import("@mlx-download/python-bridge");
  const python = new PythonBackend({ env });
  try {
    return await work(python);
  } finally {
    await python.close();
  }
}
