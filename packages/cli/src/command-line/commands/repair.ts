import type { CommandSpec } from "../command-spec.ts";
import { usage } from "../usage.ts";

/** `mlx-download repair` */
export const repair: CommandSpec = {
  name: "repair",
  group: "Cache",
  aliases: ["cache repair"],
  usage: "[org/name[@revision]…]",
  summary:
    "verify, then put right what is bad, fetching only the damaged parts where they are known",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: [
    "quick",
    "force",
    "threads",
    "localDir",
    "repoType",
    "cacheDir",
    "endpoint",
    "connections",
    "limitRate",
    "offline",
    "tokenStdin",
    "token",
    "events",
  ],
  examples: [
    { line: "mlx-download repair org/name", purpose: "one model" },
    { line: "mlx-download repair", purpose: "the whole cache" },
  ],
  notes: [
    "Damaged data goes to quarantine beside the blobs, not to the bin: mlx-download cache prune removes it.",
  ],
  check({ operands, flags }) {
    if (flags.repoType !== undefined && operands.length === 0)
      throw usage("--type says what a name means, and none is given", "Name a repo, too.");
    if (flags.localDir !== undefined && operands.length !== 1)
      throw usage("--local-dir takes one model", "Name the model that the folder was filled from.");
  },
  load: () => import("../../commands/repair.ts"),
};
