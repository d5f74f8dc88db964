import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download cache rm`. */
export const cacheRm: CommandSpec = {
  name: "cache rm",
  group: "Cache",
  aliases: [],
  usage: "[org/name[@revision]…]",
  summary: "remove models, revisions or single files from the cache",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: ["where", "include", "exclude", "keepNewest", "repoType", "yes", "dryRun", "cacheDir"],
  examples: [
    { line: "mlx-download cache rm org/name", purpose: "asks, then removes all its revisions" },
    {
      line: "mlx-download cache rm org/name@v1 --dry-run",
      purpose: "what would go, and how much that frees",
    },
    {
      line: "mlx-download cache rm --where accessed>90d --where mlx=true",
      purpose: "MLX models nobody used for 90 days",
    },
    { line: "mlx-download cache rm org/name --include *.bin", purpose: "only these files" },
  ],
  notes: [
    "A revision goes by its repo and commit; what other revisions and repos need stays, as does what is pinned.",
    "The cache is shared with other tools (hf, mlx-lm, LM Studio …): what is removed here is gone for them too.",
  ],
  load: () => import("../../commands/cache-rm.ts"),
};
