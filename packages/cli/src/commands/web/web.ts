import { dirname, join } from "node:path";
import type { SettingRow, StartWebOptions } from "@mlx-download/web";
import type { Invocation } from "../../command-line/command-spec.ts";
import type { Flags } from "../../command-line/flags.ts";
import { findConfigPath, readConfig } from "../../config/config-file.ts";
import { effectiveSetting } from "../../config/effective.ts";
import { settingSpecs } from "../../config/setting-specs.ts";
import { jsonText, writeEvent } from "../../shell/output.ts";
import type { Shell } from "../../shell/shell.ts";
import { stopped } from "../../shell/stopped.ts";
import { paint } from "../../text/style.ts";
import { readToken } from "../account/read-token.ts";
import { find } from "../catalogue/find.ts";
import { pageSharing } from "../share/page-sharing.ts";
import { diagnose } from "../setup/doctor/diagnose.ts";

/**
 * `mlx-download web`: serves the page until it is stopped. Says the address first, with the token only on a terminal; with
 * `--json` or `--events` what the downloads say follows, a line each. Returns the exit code.
 */
export async function run({ flags }: Invocation, shell: Shell): Promise<number> {
  const [{ openBrowser, startWeb }, { registryPath }] = await Promise.all([
    import("@mlx-download/web"),
    import("@mlx-download/registry"),
  ]);
  const stateDir = join(dirname(registryPath(shell.env)), "web");
  const { signal } = shell.interrupt;
  const forPrograms = flags.json || flags.events;
  const early: object[] = [];
  let tell = (event: object): void => void early.push(event);
  const options = await webOptions(stateDir, flags, shell);
  const server = await startWeb({
    ...options,
    onEvent(event) {
      if (forPrograms) tell(event);
    },
  });
  const { url, urlWithToken, pid, tokenFile, already } = server;
  const onTerminal = shell.stdoutStyle.columns !== undefined;
  await shell.stdout.write(
    forPrograms
      ? jsonText({ schema: 1, url, pid, tokenFile }, false)
      : `${onTerminal ? urlWithToken : url}\n`,
  );
  // The address is the first line, also where downloads went on before it was known.
  tell = (event) => writeEvent(event, shell.stdout);
  early.forEach(tell);
  const opened =
    !flags.noOpen && onTerminal && !shell.agent && (await openBrowser(server, stateDir));
  const say = (text: string): void => {
    if (!flags.quiet && !forPrograms) shell.stderr.write(`${text}\n`);
  };
  if (already) {
    say(`It is served already, by process ${pid}${opened ? "; the browser opens it" : ""}.`);
    if (flags.newToken) say("A new token is made when that one ends: stop it first.");
    return 0;
  }
  const stop = paint(
    shell.stderrStyle,
    "quiet",
    "Ctrl-C ends it; downloads go on at the next start.",
  );
  say(`${opened ? "The browser opens it. " : ""}${stop}`);
  await stopped(signal);
  await server.close();
  return 0;
}

async function webOptions(stateDir: string, flags: Flags, shell: Shell): Promise<StartWebOptions> {
  const token = await readToken(flags, shell);
  return {
    stateDir,
    version: shell.version,
    port: flags.port,
    newToken: flags.newToken,
    transfer: { connections: flags.connections, peers: flags.peers, xet: flags.xet },
    selection: { preset: flags.preset },
    hub: {
      ...token,
      cacheDir: flags.cacheDir,
      endpoint: flags.endpoint,
      offline: flags.offline ? true : undefined,
      env: shell.env,
    },
    search: (question) => find(question, { ...flags, quiet: true }, shell),
    settings: async () => settingRows(shell),
    sharing: pageSharing(flags, shell),
    doctor: () => diagnose({ env: shell.env, flags, token, signal: shell.interrupt.signal }, shell),
  };
}

function settingRows({ processEnv: env }: Shell): readonly SettingRow[] {
  const path = findConfigPath(env) ?? "";
  const values = readConfig(path || undefined);
  return settingSpecs.map((spec) => effectiveSetting(spec, { env, values, path }));
}
