import { readFile } from "node:fs/promises";
import type { Invocation } from "../../command-line/command-spec.ts";
import { writeResult } from "../../shell/result.ts";
import type { Shell } from "../../shell/shell.ts";

/** `mlx-download man`: prints the source of the manual page, which npm installs and a single executable brings along. */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const page = await readFile(new URL("../../../man/mlx-download.1", import.meta.url), "utf8");
  await writeResult({ page }, page, { flags, shell });
  return 0;
}
