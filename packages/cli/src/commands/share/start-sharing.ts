import { spawn } from "node:child_process";
import { resolve } from "node:path";
import type { Flags } from "../../command-line/flags.ts";
import { CliError } from "../../failure/cli-error.ts";
import type { Shell } from "../../shell/shell.ts";
import { ownCommand } from "../../shell/own-command.ts";
import { readProcess, type SharingProcess } from "./sharing-process.ts";

const START_MS = 10_000;
const END_MS = 10_000;
const LOOK_MS = 100;

/** Starts the process that shares, away from this terminal, unless there is one. Throws `cli/not-started`. */
export async function startSharing(flags: Flags, shell: Shell): Promise<SharingProcess> {
  const before = await readProcess(shell.env);
  if (before !== undefined) return before;
  const [program, ...script] = ownCommand();
  const words = [
    ...process.execArgv,
    ...script,
    "share",
    "on",
    "--foreground",
    "--quiet",
    ...(flags.port === undefined ? [] : ["--port", String(flags.port)]),
    ...(flags.cacheDir === undefined ? [] : ["--cache-dir", resolve(flags.cacheDir)]),
    ...flags.endpoint.flatMap((endpoint) => ["--endpoint", endpoint]),
  ];
  const child = spawn(program, words, {
    detached: true,
    stdio: "ignore",
    // What is public is asked without a token.
    env: { ...shell.processEnv, HF_TOKEN: undefined, HUGGING_FACE_HUB_TOKEN: undefined },
  });
  child.on("error", () => undefined);
  child.unref();
  const running = await waitFor(() => readProcess(shell.env), START_MS);
  if (running !== undefined) return running;
  throw new CliError("The process that shares did not start", "cli/not-started", {
    hint: "See why with: mlx-download share on --foreground",
  });
}

/** Resolves with whether the process that shares has ended. It looks at the user's choice every two seconds. */
export async function sharingEnded(env: NodeJS.ProcessEnv): Promise<boolean> {
  const ended = async (): Promise<true | undefined> =>
    (await readProcess(env)) === undefined ? true : undefined;
  return (await waitFor(ended, END_MS)) === true;
}

async function waitFor<T>(look: () => Promise<T | undefined>, ms: number): Promise<T | undefined> {
  for (const end = Date.now() + ms; ;) {
    const found = await look();
    if (found !== undefined || Date.now() > end) return found;
    await new Promise((wake) => setTimeout(wake, LOOK_MS));
  }
}
