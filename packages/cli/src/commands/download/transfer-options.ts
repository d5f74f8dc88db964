import type { DownloadOptions } from "@mlx-download/core";
import type { Flags } from "../../command-line/flags.ts";

/** The flags that say by which ways bytes come, and how fast: the same for every command that downloads. */
export const transferKeys: readonly ("connections" | "peers" | "limitRate" | "xet")[] = [
  "connections",
  "peers",
  "limitRate",
  "xet",
];

/** The ways of the bytes, from the flags. */
export function transferOptions({ connections, peers, limitRate, xet }: Flags): Pick<
  DownloadOptions,
  "connections" | "peers" | "xet"
> & {
  readonly limitRate: number | undefined;
} {
  return { connections, peers, limitRate, xet };
}
