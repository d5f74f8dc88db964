import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download cache view`. */
export const cacheView: CommandSpec = {
  name: "cache view",
  group: "Cache",
  aliases: [],
  usage: "[org/name[@revision]]",
  summary:
    "show a model to a program that wants plain files in its own folder; without a name, list the views",
  operands: { min: 0, max: 1 },
  flags: ["layout", "to", "remove", "repoType", "cacheDir", "events"],
  examples: [
    {
      line: "mlx-download cache view org/name --layout lmstudio",
      purpose: "for LM Studio, below ~/.lmstudio/models",
    },
    {
      line: "mlx-download cache view org/name --to ~/models",
      purpose: "~/models/org/name, for any program",
    },
    {
      line: "mlx-download cache view org/name --layout lmstudio --remove",
      purpose: "takes it away again",
    },
  ],
  notes: [
    "Large files are clones or hard links where the file system can, so a view takes next to no space; on another disk they are copies, proved.",
    "The last line of standard output is the path.",
  ],
  load: () => import("../../commands/cache-view.ts"),
};
