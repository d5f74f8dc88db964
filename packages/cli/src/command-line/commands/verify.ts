import type { CommandSpec } from "../command-spec.ts";
import { usage } from "../usage.ts";

/** `mlx-download verify` */
export const verify: CommandSpec = {
  name: "verify",
  group: "Cache",
  aliases: ["cache verify"],
  usage: "[org/name[@revision]…]",
  summary:
    "prove the files of models, or of the whole cache, against their digests; exit 7 when bad",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: [
    "quick",
    "hub",
    "force",
    "threads",
    "localDir",
    "repoType",
    "cacheDir",
    "endpoint",
    "tokenStdin",
    "token",
    "events",
  ],
  examples: [
    { line: "mlx-download verify", purpose: "everything in the cache, without network" },
    { line: "mlx-download verify org/name --quick", purpose: "lengths and headers, in a moment" },
    { line: "mlx-download verify org/name --local-dir ./model", purpose: "a plain folder" },
  ],
  notes: [
    "An interrupted verification goes on where it stopped, within a day; --force reads everything again.",
    "mlx-download repair puts right what is bad.",
  ],
  check({ operands, flags }) {
    if (flags.localDir !== undefined && operands.length > 1)
      throw usage("--local-dir takes one model at a time", "Run the command once for each.");
    if (flags.localDir !== undefined && flags.hub)
      throw usage("--hub does nothing for a folder", "Leave out --hub, or --local-dir.");
    if (flags.repoType !== undefined && operands.length === 0)
      throw usage("--type says what a name means, and none is given", "Name a repo, too.");
  },
  load: () => import("../../commands/verify.ts"),
};
