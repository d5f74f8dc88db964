import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download cache evict`. */
export const cacheEvict: CommandSpec = {
  name: "cache evict",
  group: "Cache",
  aliases: [],
  usage: "",
  summary: "remove the longest unused revisions until the cache is small enough",
  operands: { min: 0, max: 0 },
  flags: ["maxSize", "where", "keepNewest", "yes", "dryRun", "cacheDir"],
  examples: [
    { line: "mlx-download cache evict --max-size 200GB", purpose: "asks, then removes" },
    {
      line: "mlx-download cache evict --max-size 200GB --where mlx=true --yes",
      purpose: "only MLX models go",
    },
  ],
  notes: [
    "A use is a download, a lookup or a load by an engine; where none was noted, the day it came counts, or a later access that the file system noted.",
    "Exit code 10 when what is pinned or has to stay is larger than the limit; all else is gone then.",
  ],
  load: () => import("../../commands/cache-evict.ts"),
};
