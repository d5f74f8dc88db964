import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { replaceBeside } from "@mlx-download/cache/writing";
import type { JobFile } from "./job-file.ts";

/** How the system knows a job. */
export interface JobName {
  /** launchd's. */
  readonly label: string;
  /** The unit of systemd that is switched on and off. */
  readonly unit: string;
}

/** Why the system did not do it, and the command that the user may try. */
export type JobProblem = { readonly reason: string; readonly command: string };

/** Writes each file in one step. */
export async function writeJobFiles(files: readonly JobFile[]): Promise<void> {
  for (const { path, text } of files) {
    await mkdir(dirname(path), { recursive: true });
    await replaceBeside(path, text);
  }
}

/** Tells the system of the files. Returns what the user has to do where that fails. */
export async function switchOn(
  { label, unit }: JobName,
  files: readonly JobFile[],
): Promise<JobProblem | undefined> {
  if (process.platform === "darwin") {
    const domain = `gui/${process.getuid?.() ?? 501}`;
    const path = files[0]?.path ?? "";
    await tryRun(["launchctl", "bootout", `${domain}/${label}`]);
    return tryRun(["launchctl", "bootstrap", domain, path]);
  }
  const reload = await tryRun(["systemctl", "--user", "daemon-reload"]);
  const enabled = await tryRun(["systemctl", "--user", "enable", "--now", unit]);
  return enabled ?? (reload && { ...reload, command: "systemctl --user daemon-reload" });
}

/** Ends the job and lets the system forget it. The files stay for the caller to remove. */
export async function switchOff(
  { label, unit }: JobName,
  files: readonly JobFile[],
): Promise<void> {
  if (files.length === 0) return;
  if (process.platform === "darwin") {
    await tryRun(["launchctl", "bootout", `gui/${process.getuid?.() ?? 501}/${label}`]);
  } else await tryRun(["systemctl", "--user", "disable", "--now", unit]);
}

async function tryRun([program = "", ...args]: readonly string[]): Promise<JobProblem | undefined> {
  try {
    await promisify(execFile)(program, args, { timeout: 10_000 });
    return undefined;
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    const printed = stderr?.trim().split("\n")[0];
    const reason = printed || (error instanceof Error ? error.message.split("\n")[0] : undefined);
    return { reason: reason ?? `${program} failed`, command: [program, ...args].join(" ") };
  }
}
