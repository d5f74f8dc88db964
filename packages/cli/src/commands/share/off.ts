import { changeSharing } from "@mlx-download/core/neighbours";
import type { Invocation } from "../../command-line/command-spec.ts";
import { say } from "../../shell/say.ts";
import type { Shell } from "../../shell/shell.ts";
import { readProcess } from "./sharing-process.ts";
import { showStatus } from "./show.ts";
import { sharingEnded } from "./start-sharing.ts";
import { sharingStatus } from "./status.ts";

/** `mlx-download share off`: ends sharing. What was allowed stays allowed. Returns the exit code. */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const { env } = shell;
  await changeSharing(env, (before) => ({ ...before, on: false }));
  if (!(await sharingEnded(env))) {
    const { pid } = (await readProcess(env)) ?? {};
    say(`warning: process ${pid} does not end. End it with: kill ${pid}`, shell);
  }
  await showStatus(await sharingStatus(env, { lookMs: 0 }), { flags, shell });
  return 0;
}
