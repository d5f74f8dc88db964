import type { WebSharing } from "@mlx-download/web";
import type { Flags } from "../../command-line/flags.ts";
import type { Shell } from "../../shell/shell.ts";

// So long the page waits for neighbours that answer slowly. It asks again by itself.
const LOOK_MS = 700;

/** Sharing as the page changes and shows it. */
export function pageSharing(flags: Flags, shell: Shell): WebSharing {
  const { env } = shell;
  return {
    async read() {
      const { sharingStatus } = await import("./status.ts");
      return sharingStatus(env, { lookMs: LOOK_MS });
    },
    async turn(on) {
      const [{ changeSharing }, { sharingEnded, startSharing }] = await Promise.all([
        import("@mlx-download/core/neighbours"),
        import("./start-sharing.ts"),
      ]);
      await changeSharing(env, (before) => ({ ...before, on }));
      // The port of the page is not the one of the process that shares.
      const { port: _, ...others } = flags;
      if (on) await startSharing(others, shell);
      else await sharingEnded(env);
    },
    async decide(id, allowed) {
      const [{ decide, forget }, { listNetworks }] = await Promise.all([
        import("./networks.ts"),
        import("@mlx-download/core/neighbours"),
      ]);
      if (!allowed) return void (await forget([id], env));
      const networks = (await listNetworks()).filter((network) => network.id === id);
      await decide(networks, { allowed, env });
    },
  };
}
