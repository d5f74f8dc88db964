import type { Invocation } from "../../command-line/command-spec.ts";
import type { Shell } from "../../shell/shell.ts";
import { forget } from "./networks.ts";
import { showStatus } from "./show.ts";
import { sharingStatus } from "./status.ts";

/** `mlx-download share forget`: takes back what was decided about networks. Returns the exit code. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  await forget(operands, shell.env);
  await showStatus(await sharingStatus(shell.env, { lookMs: 0 }), { flags, shell });
  return 0;
}
