import type { Invocation } from "../../command-line/command-spec.ts";
import type { Shell } from "../../shell/shell.ts";
import { writeLocal } from "./write-local.ts";

/** `mlx-download collection rm`: prints the models of the collection. Returns the exit code. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [name = ""] = operands;
  const { removeCollection } = await import("@mlx-download/project");
  await writeLocal(await removeCollection(name, { env: shell.env }), { flags, shell });
  return 0;
}
