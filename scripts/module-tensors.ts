import { fileURLToPath } from "node:url";
import { run } from "@mlx-download/test-utils";

/** What `mlx_lm_tensors.py` finds about the modules of these small configs, lists put together to words. */
export async function moduleTensors(
  python: string,
  configs: Readonly<Record<string, object>>,
  args: readonly string[] = [],
): Promise<Readonly<Record<string, unknown>>> {
  const script = fileURLToPath(new URL("python/mlx_lm_tensors.py", import.meta.url));
  const { code, stdout, stderr } = await run(python, [script, ...args], {
    input: JSON.stringify(configs),
    timeoutMs: 1_200_000,
  });
  if (code !== 0) throw new Error(stderr);
  const lines = stdout.trim().split("\n");
  return Object.fromEntries(
    lines.map((line) => {
      const { name, error, ...found } = JSON.parse(line) as Readonly<Record<string, unknown>>;
      if (error !== undefined) throw new Error(JSON.stringify({ name, error }));
      const entries = Object.entries(found)
        .filter(([key, value]) => key !== "count" && value !== false && value !== null)
        .map(([key, value]) => [key, Array.isArray(value) ? value.join(" ") : value] as const)
        .filter(([, value]) => value !== "");
      return [JSON.stringify(name).slice(1, -1), Object.fromEntries(entries)];
    }),
  );
}
