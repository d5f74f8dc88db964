import { join } from "node:path";
import { type JobFile, plistText, systemdRun } from "../../system-job/job-file.ts";
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
    ...systemdRun(command, env),
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

/** An agent for launchd, in `folder` (launchd.plist(5)). It has no condition for power: the command looks itself. */
export function launchdFile(job: UpdateJob, folder: string): JobFile {
  const { window, command, env, logPath } = job;
  const lines = plistText({
    label: AGENT_LABEL,
    command,
    env,
    about: "'mlx-download help update' says how to remove it.",
    entries: [
      "  <key>StartCalendarInterval</key>",
      "  <dict>",
      `    <key>Hour</key><integer>${Math.floor(window.from / 60)}</integer>`,
      `    <key>Minute</key><integer>${window.from % 60}</integer>`,
      "  </dict>",
      "  <key>ProcessType</key><string>Background</string>",
      "  <key>LowPriorityIO</key><true/>",
      "  <key>Nice</key><integer>10</integer>",
    ],
    logPath,
  });
  return { path: join(folder, `${AGENT_LABEL}.plist`), text: lines };
}
