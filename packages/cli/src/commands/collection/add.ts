import type { Invocation } from "../../command-line/command-spec.ts";
import type { Shell } from "../../shell/shell.ts";
import { writeLocal } from "./write-local.ts";

/** `mlx-download collection add`. Returns the exit code. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const [name = "", ...refs] = operands;
  const { addToCollection } = await import("@mlx-download/project");
  await writeLocal(await addToCollection(name, refs, { env: shell.env }), { flags, shell });
  return 0;
}
