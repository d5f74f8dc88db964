import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download cache`, with the options of the tool that came before this one. */
export const cache: CommandSpec = {
  name: "cache",
  group: "Cache",
  aliases: [],
  usage: "",
  summary: "list the models in the cache, or delete some",
  operands: { min: 0, max: 0 },
  flags: ["list", "clearModel", "clear", "yes", "cacheDir"],
  examples: [
    { line: "mlx-download cache --list", purpose: "what is here and how large it is" },
    { line: "mlx-download cache --clear-model org/name", purpose: "asks, then deletes" },
  ],
  notes: [
    "The cache is shared with other tools (hf, mlx-lm, LM Studio …): what is deleted here is gone for them too.",
  ],
  load: () => import("../../commands/cache.ts"),
};
