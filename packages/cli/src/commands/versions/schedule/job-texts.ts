import { join } from "node:path";
import { type Window, windowText } from "./window.ts";

/** An update that the system starts every day. */
export interface UpdateJob {
  readonly window: Window;
  /** The program and its arguments, without the window. */
  readonly command: readonly [string, ...string[]];
  /** Without any secret: the files are readable. */
  readonly env: Readonly<Record<string, string>>;
  readonly onPower: boolean;
  readonly logPath: string;
}

/** A file that makes up a schedule. */
export interface JobFile {
  readonly path: string;
  readonly text: string;
}

const REMOVE = "mlx-download update --unschedule";
const NAME = "mlx-download-update";
/** The label of the launchd agent, and the name of its file. */
export const AGENT_LABEL = "mlx-download.update";
/** The systemd timer that starts the update. */
export const TIMER: string = `${NAME}.timer`;

/** A service and a timer for the systemd of a user, in `folder`. */
export function systemdFiles(job: UpdateJob, folder: string): readonly JobFile[] {
  const { window, command, env, onPower } = job;
  const [hours, minutes] = windowText(window).slice(0, 5).split(":");
  const about = `# Written by mlx-download update --schedule. To remove it: ${REMOVE}`;
  const service = [
    about,
    "[Unit]",
    `Description=Update MLX models between ${windowText(window).replace("-", " and ")}`,
    ...(onPower ? ["ConditionACPower=true"] : []),
    "",
    "[Service]",
    "Type=oneshot",
    ...Object.entries(env).map(([name, value]) => `Environment=${systemdWord(`${name}=${value}`)}`),
    `ExecStart=${command.map(systemdWord).join(" ")}`,
    "# It ends itself when the window closes, and resumes the next time.",
    "TimeoutStartSec=infinity",
    "SuccessExitStatus=143",
    "Nice=10",
    "IOSchedulingClass=idle",
    "",
  ];
  const timer = [
    about,
    "[Unit]",
    "Description=When MLX models are updated",
    "",
    "[Timer]",
    `OnCalendar=*-*-* ${hours}:${minutes}:00`,
    "# Not everybody at the same second.",
    "RandomizedDelaySec=10min",
    "Persistent=false",
    "",
    "[Install]",
    "WantedBy=timers.target",
    "",
  ];
  return [
    { path: join(folder, `${NAME}.service`), text: service.join("\n") },
    { path: join(folder, TIMER), text: timer.join("\n") },
  ];
}

/** A word of a systemd command line: quoted, its `%` and `$` without meaning (systemd.service(5)). */
function systemdWord(text: string): string {
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("%", "%%")
    .replaceAll("$", "$$$$")
    .replaceAll("\n", "\\n");
  return /^[\w@%+=:,./-]+$/.test(escaped) ? escaped : `"${escaped}"`;
}

/** An agent for launchd, in `folder` (launchd.plist(5)). It has no condition for power: the command looks itself. */
export function launchdFile(job: UpdateJob, folder: string): JobFile {
  const { window, command, env, logPath } = job;
  const text = (value: string): string => `<string>${xml(value)}</string>`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    "<!-- Written by mlx-download. 'mlx-download help update' says how to remove it. -->",
    '<plist version="1.0">',
    "<dict>",
    `  <key>Label</key>${text(AGENT_LABEL)}`,
    "  <key>ProgramArguments</key>",
    "  <array>",
    ...command.map((word) => `    ${text(word)}`),
    "  </array>",
    "  <key>EnvironmentVariables</key>",
    "  <dict>",
    ...Object.entries(env).map(([name, value]) => `    <key>${xml(name)}</key>${text(value)}`),
    "  </dict>",
    "  <key>StartCalendarInterval</key>",
    "  <dict>",
    `    <key>Hour</key><integer>${Math.floor(window.from / 60)}</integer>`,
    `    <key>Minute</key><integer>${window.from % 60}</integer>`,
    "  </dict>",
    "  <key>ProcessType</key><string>Background</string>",
    "  <key>LowPriorityIO</key><true/>",
    "  <key>Nice</key><integer>10</integer>",
    `  <key>StandardOutPath</key>${text(logPath)}`,
    `  <key>StandardErrorPath</key>${text(logPath)}`,
    "</dict>",
    "</plist>",
    "",
  ];
  return { path: join(folder, `${AGENT_LABEL}.plist`), text: lines.join("\n") };
}

function xml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
