import { sentences } from "@mlx-download/core";
import type { InstalledMlx } from "@mlx-download/python-bridge";
import type { Flags } from "../../command-line/flags.ts";
import type { Shell } from "../../shell/shell.ts";
import { printable } from "../../text/printable.ts";

/** How long a Python may take to respond before it counts as unusable, in ms. */
const startTimeoutMs = 15_000;

/**
 * The packages installed in the Python of `--fit-python`. Undefined when the flag is absent. With
 * `auto`, a Python that cannot answer is a warning and the built-in table is used. A Python given
 * by path must answer, or its error is thrown.
 */
export async function installedMlx(
  { fitPython = "off", quiet }: Pick<Flags, "fitPython" | "quiet">,
  { env, stderr, interrupt }: Pick<Shell, "env" | "stderr" | "interrupt">,
): Promise<InstalledMlx | undefined> {
  if (fitPython === "off") return undefined;
  const { readInstalledMlx, PythonBridgeError } = await import("@mlx-download/python-bridge");
  const warn = (text: string): void => {
    if (!quiet) stderr.write(`warning: ${printable(text)}\n`);
  };
  const python = fitPython === "auto" ? undefined : fitPython;
  const { signal } = interrupt;
  try {
    const installed = await readInstalledMlx({ python, env, startTimeoutMs, signal });
    if (installed.deviceError !== undefined)
      warn(`the MLX of ${installed.python} does not start: ${installed.deviceError}`);
    return installed;
  } catch (error) {
    if (python !== undefined || !(error instanceof PythonBridgeError)) throw error;
    warn(sentences(error.message, "The built-in table answers instead", error.hint));
    return undefined;
  }
}
