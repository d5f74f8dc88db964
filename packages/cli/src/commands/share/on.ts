import { changeSharing } from "@mlx-download/core/neighbours";
import type { Invocation } from "../../command-line/command-spec.ts";
import { say } from "../../shell/say.ts";
import type { Shell } from "../../shell/shell.ts";
import { decide, namedNetworks } from "./networks.ts";
import { shareHere } from "./share-here.ts";
import { showStatus } from "./show.ts";
import { startSharing } from "./start-sharing.ts";
import { sharingStatus } from "./status.ts";

/**
 * `mlx-download share on`: allows the networks that this machine is on, and starts the process that offers the cache's
 * public blobs there. With `--foreground` it is that process. Returns the exit code.
 */
export async function run({ operands, flags }: Invocation, shell: Shell): Promise<number> {
  const { env } = shell;
  if (flags.install || flags.uninstall) return installSharing({ operands, flags }, shell);
  if (flags.foreground) {
    if (operands.length > 0) await decide(await namedNetworks(operands), { allowed: true, env });
    return shareHere(flags, shell);
  }
  const networks = await namedNetworks(operands);
  await decide(networks, { allowed: true, env });
  await changeSharing(env, (before) => ({ ...before, on: true }));
  await startSharing(flags, shell);
  await showStatus(await sharingStatus(env, { lookMs: 0 }), { flags, shell });
  if (flags.quiet || flags.json) return 0;
  if (networks.length === 0) say("This machine is on no network that can be allowed.", shell);
  say("Others take from it with --peers auto. mlx-download share off ends it.", shell);
  return 0;
}

async function installSharing(
  { operands, flags }: Pick<Invocation, "operands" | "flags">,
  shell: Shell,
): Promise<number> {
  const { env } = shell;
  const [{ installService }, { flagWords }] = await Promise.all([
    import("../system-job/install-service.ts"),
    import("../system-job/flag-words.ts"),
  ]);
  if (flags.install && !flags.dryRun)
    await decide(await namedNetworks(operands), { allowed: true, env });
  const words = flagWords(flags, ["port", "cacheDir", "endpoint", "offline"], env);
  return installService(
    {
      name: "share",
      summary: "Offer public models to neighbours",
      words: ["share", "on", "--foreground", ...words],
      remove: "mlx-download share on --uninstall",
    },
    { flags, shell },
  );
}
