import type { Invocation } from "../../command-line/command-spec.ts";
import type { Shell } from "../../shell/shell.ts";
import { writeLocal } from "./write-local.ts";

/** `mlx-download collection remove`. Returns the exit code. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [name = "", ...words] = operands;
  const { removeFromCollection } = await import("@mlx-download/project");
  await writeLocal(await removeFromCollection(name, words, { env: shell.env }), { flags, shell });
  return 0;
}
