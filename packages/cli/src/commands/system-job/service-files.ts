import { join } from "node:path";
import { usage } from "../../command-line/usage.ts";
import { ownCommand } from "../../shell/own-command.ts";
import { findHome } from "../../shell/home.ts";
import { type JobFile, plistText, systemdRun } from "./job-file.ts";
import type { JobName } from "./switch-job.ts";
import { passedEnv } from "./passed-env.ts";

/** A server that the system starts when the user logs in, and again when it fails. */
export interface Service {
  /** `serve`, `share`. */
  readonly name: string;
  readonly summary: string;
  /** The words behind the program's name. */
  readonly words: readonly string[];
  /** The command that removes it. */
  readonly remove: string;
}

/** How the system knows the service. */
export function serviceName({ name }: Service): JobName {
  return { label: `mlx-download.${name}`, unit: `mlx-download-${name}.service` };
}

/** The file for this system. Throws `cli/usage` for one that has neither launchd nor systemd. */
export function serviceFile(service: Service, env: NodeJS.ProcessEnv): JobFile {
  const home = findHome(env) ?? "";
  const { label, unit } = serviceName(service);
  if (process.platform === "darwin") {
    const path = join(home, "Library", "LaunchAgents", `${label}.plist`);
    const logPath = join(home, "Library", "Logs", `mlx-download-${service.name}.log`);
    return { path, text: launchdService(service, env, logPath) };
  }
  if (process.platform === "linux") {
    const base = env["XDG_CONFIG_HOME"]?.trim() || join(home, ".config");
    return { path: join(base, "systemd", "user", unit), text: systemdService(service, env) };
  }
  throw usage(
    `mlx-download writes no service for ${process.platform}`,
    `Let the system run: mlx-download ${service.words.join(" ")}`,
  );
}

/** A unit for the systemd of a user (systemd.service(5)). */
export function systemdService(service: Service, env: NodeJS.ProcessEnv): string {
  const { summary, words, remove } = service;
  return [
    `# Written by mlx-download. To remove it: ${remove}`,
    "[Unit]",
    `Description=${summary}`,
    "",
    "[Service]",
    ...systemdRun([...ownCommand(), ...words], passedEnv(env)),
    "# An end that was asked for is no failure.",
    "Restart=on-failure",
    "RestartSec=10",
    "NoNewPrivileges=true",
    "",
    "[Install]",
    "WantedBy=default.target",
    "",
  ].join("\n");
}

/** An agent for launchd (launchd.plist(5)). */
export function launchdService(service: Service, env: NodeJS.ProcessEnv, logPath: string): string {
  const { words, remove } = service;
  return plistText({
    label: serviceName(service).label,
    command: [...ownCommand(), ...words],
    env: passedEnv(env),
    // No two dashes: they end a comment.
    about: `To remove it: ${remove.replaceAll("--", "(two dashes)")}`,
    entries: [
      "  <key>RunAtLoad</key><true/>",
      "  <key>KeepAlive</key>",
      "  <dict>",
      "    <key>SuccessfulExit</key><false/>",
      "  </dict>",
      "  <key>ThrottleInterval</key><integer>10</integer>",
    ],
    logPath,
  });
}
