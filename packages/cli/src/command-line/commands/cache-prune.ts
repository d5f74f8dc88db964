import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download cache prune`. */
export const cachePrune: CommandSpec = {
  name: "cache prune",
  group: "Cache",
  aliases: [],
  usage: "",
  summary: "remove what nobody needs: revisions without a ref, old unfinished data, leftovers",
  operands: { min: 0, max: 0 },
  flags: ["where", "keepNewest", "grace", "yes", "dryRun", "cacheDir"],
  examples: [
    { line: "mlx-download cache prune --dry-run", purpose: "what would go" },
    { line: "mlx-download cache prune --keep-newest 2 --yes", purpose: "for a nightly job" },
  ],
  notes: [
    "A model that was fetched by its commit has no ref: pin it to keep it (mlx-download cache pin org/name@commit).",
  ],
  load: () => import("../../commands/cache-prune.ts"),
};
