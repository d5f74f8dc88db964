import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download cache export`. */
export const cacheExport: CommandSpec = {
  name: "cache export",
  group: "Cache",
  aliases: [],
  usage: "<org/name[@revision]>",
  summary: "copy a model out of the cache, every byte proved: a folder, or a tar archive",
  operands: { min: 1, max: 1 },
  flags: ["to", "repoType", "cacheDir", "events"],
  examples: [
    {
      line: "mlx-download cache export org/name --to /Volumes/Stick/name",
      purpose: "a folder of plain files",
    },
    {
      line: "mlx-download cache export org/name --to name.tar",
      purpose: "one file, the same bytes every time",
    },
    {
      line: "mlx-download cache export org/name --to=- | ssh mac mlx-download cache import -",
      purpose: "to another Mac",
    },
  ],
  load: () => import("../../commands/cache-export.ts"),
};
