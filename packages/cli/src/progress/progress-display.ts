import { isOn } from "../shell/is-on.ts";
import type { DownloadEvent } from "@mlx-download/core";
import type { Flags } from "../command-line/flags.ts";
import type { Shell } from "../shell/shell.ts";

/** Shows one download while it runs. */
export interface ProgressDisplay {
  onEvent(event: DownloadEvent): void;
  /** Says something beside the progress, without disturbing it. */
  note(text: string): void;
  /**
   * Leaves the last frame in the scrollback and restores the terminal. Safe to call twice. `done`: it ended well,
   * though no result was told.
   */
  finish(done?: boolean): void;
}

/** Shows nothing (`--quiet`). */
export const silentDisplay: ProgressDisplay = {
  onEvent() {},
  note() {},
  finish() {},
};

/** True where no progress is shown: with `--quiet`, and where lines of events and a frame would overwrite each other. */
export function isSilent(
  flags: Pick<Flags, "quiet" | "events">,
  { stdoutStyle }: Pick<Shell, "stdoutStyle">,
): boolean {
  return flags.quiet || (flags.events && stdoutStyle.columns !== undefined);
}

/** The environment variable for `--plain`, so that drawing code needs only the environment. */
export const plainVariable = "MLX_DOWNLOAD_PLAIN";

/**
 * True where a frame may be redrawn: a terminal that is not dumb, does not belong to a CI job, and
 * is not set to plain by `--plain`, MLX_DOWNLOAD_PLAIN or HF_HUB_DISABLE_PROGRESS_BARS (as the
 * Python client reads it).
 */
export function drawsFrames(
  stream: { readonly isTTY?: boolean | undefined },
  env: NodeJS.ProcessEnv,
): boolean {
  const inCi = (env["CI"] ?? "") !== "" && !/^(0|false)$/i.test(env["CI"] ?? "");
  return (
    stream.isTTY === true &&
    env["TERM"] !== "dumb" &&
    !inCi &&
    !isOn(env, plainVariable) &&
    !isOn(env, "HF_HUB_DISABLE_PROGRESS_BARS")
  );
}
