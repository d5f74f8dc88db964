import type { BringOptions } from "@mlx-download/project";
import type { Flags } from "../../command-line/flags.ts";
import type { Shell } from "../../shell/shell.ts";
import { readToken } from "../account/read-token.ts";
import { reviewOptions } from "../download/review-options.ts";
import { transferOptions } from "../download/transfer-options.ts";

/** The way to the Hub, from the flags. */
export async function bringOptions(flags: Flags, shell: Shell): Promise<BringOptions> {
  return {
    ...(await reviewOptions(flags, shell)),
    cacheDir: flags.cacheDir,
    endpoint: flags.endpoint,
    ...transferOptions(flags),
    offline: flags.offline ? true : undefined,
    ...(await readToken(flags, shell)),
    signal: shell.interrupt.signal,
    env: shell.env,
  };
}
