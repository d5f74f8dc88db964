import type { Invocation } from "../../command-line/command-spec.ts";
import type { Shell } from "../../shell/shell.ts";
import { showStatus } from "./show.ts";
import { sharingStatus } from "./status.ts";

// The first answers come within 100 ms. A lost query is repeated after 250 ms and a second.
const LOOK_MS = 1_500;

/** `mlx-download share status`: what is shared, where and with whom. Returns the exit code. */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  await showStatus(await sharingStatus(shell.env, { lookMs: LOOK_MS }), { flags, shell });
  return 0;
}
