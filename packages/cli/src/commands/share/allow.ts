import type { Invocation } from "../../command-line/command-spec.ts";
import type { Shell } from "../../shell/shell.ts";
import { usage } from "../../command-line/usage.ts";
import { decide, namedNetworks } from "./networks.ts";
import { showStatus } from "./show.ts";
import { sharingStatus } from "./status.ts";

/** `mlx-download share allow`: neighbours may be looked for on these networks, and served there. */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const { env } = shell;
  const networks = await namedNetworks(operands);
  if (networks.every(({ id }) => id === undefined)) {
    throw usage(
      networks.length === 0
        ? "this machine is on no network that can be allowed"
        : "its router cannot be told apart from others",
      "mlx-download share status lists the networks that this machine is on.",
    );
  }
  await decide(networks, { allowed: true, env });
  await showStatus(await sharingStatus(env, { lookMs: 0 }), { flags, shell });
  return 0;
}
