import type { Flags } from "../../command-line/flags.ts";
import { ask, isInteractive } from "../../shell/ask.ts";
import type { Shell } from "../../shell/shell.ts";

/**
 * Asks once about each network that the user has not decided about, before neighbours are looked for. The answer is
 * kept. Without a terminal nothing is asked, and a network that is not decided about is not looked at.
 */
export async function askAboutNetworks(flags: Flags, shell: Shell): Promise<void> {
  if (!looksForPeers(flags, shell) || !isInteractive(shell)) return;
  if (flags.quiet || flags.json || flags.events || flags.offline || flags.dryRun) return;
  const { listNetworks, readSharing } = await import("@mlx-download/core/neighbours");
  const [here, { networks: decided }] = await Promise.all([listNetworks(), readSharing(shell.env)]);
  const known = new Set(decided.map(({ id }) => id));
  for (const network of here) {
    const { id, virtual, subnet, interface: name } = network;
    if (virtual || id === undefined || known.has(id)) continue;
    const answer = await ask(
      `Look for neighbours on ${subnet} (${name})? They are asked for public models by digest. [y/N] `,
      shell,
    );
    const { decide } = await import("./networks.ts");
    await decide([network], { allowed: /^y(es)?$/i.test(answer.trim()), env: shell.env });
  }
}

function looksForPeers({ peers }: Flags, { env }: Shell): boolean {
  const given = peers.length > 0 ? peers : [env["MLX_DOWNLOAD_PEERS"] ?? ""];
  return given.flatMap((list) => list.split(",")).some((item) => item.trim() === "auto");
}
