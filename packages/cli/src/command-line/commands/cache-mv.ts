import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download cache mv`. */
export const cacheMv: CommandSpec = {
  name: "cache mv",
  group: "Cache",
  aliases: ["cache move"],
  usage: "[org/name…]",
  summary: "move models, or the whole cache, to another disk; a link stays where they were",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: ["to", "yes", "repoType", "cacheDir", "events"],
  examples: [
    {
      line: "mlx-download cache mv org/name --to /Volumes/Big/hub",
      purpose: "one model; every tool still finds it",
    },
    { line: "mlx-download cache mv --to /Volumes/Big/hub", purpose: "the whole cache" },
    {
      line: "mlx-download cache mv org/name --cache-dir /Volumes/Big/hub --to ~/.cache/huggingface/hub",
      purpose: "back again",
    },
  ],
  notes: [
    "Everything is copied and proved first, then the two change places; what is killed in between goes on when it is run again.",
    "Python's hf cache rm cannot remove a model behind a link; mlx-download cache rm takes the link.",
  ],
  load: () => import("../../commands/cache-mv.ts"),
};
