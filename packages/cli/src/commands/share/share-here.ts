import { setTimeout as sleep } from "node:timers/promises";
import { readSettings } from "@mlx-download/core";
import { changeSharing } from "@mlx-download/core/neighbours";
import { createNeighbourServer, type MirrorEvent } from "@mlx-download/hub-server";
import type { Flags } from "../../command-line/flags.ts";
import { CliError } from "../../failure/cli-error.ts";
import { jsonText, writeEvent } from "../../shell/output.ts";
import type { Shell } from "../../shell/shell.ts";
import { mirrorLine } from "../serve/mirror-line.ts";
import { createUpstream } from "../serve/upstream.ts";
import { offer } from "./offer.ts";
import {
  forgetProcess,
  type OpenDoor,
  processPath,
  readProcess,
  sayProcess,
} from "./sharing-process.ts";

const USUAL_PORT = 8091;
/** So long the first state waits for the models that are offered. */
const FIRST_LOOK_MS = 3_000;

/** Shares in this process, until it is stopped or the user says `share off`. Returns the exit code. */
export async function shareHere(flags: Flags, shell: Shell): Promise<number> {
  const { env } = shell;
  const other = await readProcess(env);
  if (other !== undefined) {
    throw new CliError(`Process ${other.pid} shares already`, "cli/usage", {
      hint: "mlx-download share status shows it, mlx-download share off ends it.",
    });
  }
  await changeSharing(env, (before) => ({ ...before, on: true }));
  const forPrograms = flags.json || flags.events;
  const tell = (event: MirrorEvent): void => {
    if (forPrograms) return writeEvent(event, shell.stdout);
    const line = flags.quiet ? undefined : mirrorLine(event);
    if (line !== undefined) shell.stderr.write(`${line}\n`);
  };
  const hub = { cacheDir: flags.cacheDir, endpoint: flags.endpoint, env, token: false } as const;
  const { endpoint: url, cacheDir, offline } = await readSettings(hub);
  const isOffline = flags.offline || offline;
  const server = createNeighbourServer({
    cacheDir,
    upstream: isOffline
      ? undefined
      : createUpstream({ ...hub, url, connections: undefined, limitRate: undefined }),
    onEvent: tell,
  });
  const patience = sleep(FIRST_LOOK_MS, undefined, { ref: false });
  const firstLook = Promise.race([server.firstLook, patience]);
  const path = await processPath(env);
  const startedAt = new Date().toISOString();
  let doors: readonly OpenDoor[] = [];
  const sayState = (): Promise<void> =>
    sayProcess(path, {
      pid: process.pid,
      startedAt,
      doors,
      shared: server.repos(),
      served: [...server.served()].map(([address, bytes]) => ({ address, bytes })),
    });
  const { pid } = process;
  await shell.stdout.write(forPrograms ? jsonText({ schema: 1, pid }, false) : `${pid}\n`);
  let shown = "";
  try {
    await offer({
      env,
      server,
      port: flags.port ?? USUAL_PORT,
      signal: shell.interrupt.signal,
      async onLook(open) {
        doors = open;
        await firstLook;
        await sayState();
        const text = open.map((door) => `${door.network} at ${door.url}`).join(", ");
        if (text !== shown && !forPrograms && !flags.quiet)
          shell.stderr.write(
            `${text === "" ? "Offered on no network" : `Offered on ${text}`}. Ctrl-C ends it.\n`,
          );
        shown = text;
      },
      onWarning: (message) =>
        tell({ type: "warning", at: Date.now(), code: "share/not-offered", message }),
    });
  } finally {
    await server.close();
    await forgetProcess(path);
    await changeSharing(env, (before) => ({ ...before, on: false }));
  }
  return 0;
}
