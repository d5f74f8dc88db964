import { execFile } from "node:child_process";

/**
 * Takes a folder of unfinished data out of Time Machine, which knows no CACHEDIR.TAG: `tmutil` marks the folder itself and wants
 * no other right. It runs on beside the download, and no failure of it is worth one. Not verified on a Mac.
 */
export function leaveOutOfBackups(
  folder: string,
  {
    platform = process.platform,
    env = process.env,
  }: {
    readonly platform?: NodeJS.Platform;
    readonly env?: NodeJS.ProcessEnv;
  } = {},
): void {
  if (platform !== "darwin") return;
  const child = execFile("tmutil", ["addexclusion", folder], { env, timeout: 10_000 }, () => {});
  child.unref();
}
