import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download path <ref>` */
export const path: CommandSpec = {
  name: "path",
  group: "Cache",
  aliases: [],
  usage: "<org/name[@revision]>",
  summary: "print the path of a model in the cache; exit 4 when it is not complete there",
  operands: { min: 1, max: 1 },
  flags: ["revision", "include", "exclude", "preset", "cacheDir"],
  examples: [
    { line: 'mlx_lm.generate --model "$(mlx-download path org/name)"', purpose: "no network" },
  ],
  load: () => import("../../commands/path.ts"),
};
