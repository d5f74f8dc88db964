import type { CommandSpec } from "../../command-line/command-spec.ts";
import { usage } from "../../command-line/usage.ts";

/** `mlx-download diff <ref> [ref]` */
export const diff: CommandSpec = {
  name: "diff",
  group: "Find and choose",
  aliases: [],
  usage: "<org/name[@revision]> [<org/name[@revision]>]",
  summary: "compare two versions or models without downloading weights",
  operands: { min: 1, max: 2 },
  flags: ["exitCode", "cacheDir", "endpoint", "offline", "tokenStdin", "token"],
  examples: [
    { line: "mlx-download diff org/name", purpose: "the local version with the Hub's" },
    { line: "mlx-download diff org/name@v1 org/name@v2", purpose: "two revisions" },
    { line: "mlx-download diff org/name-4bit org/name-8bit --json", purpose: "two variants" },
  ],
  notes: [
    "Changes are about weights, config, template, tokenizer, card or other files. Only small files are read.",
  ],
  check({ operands, flags }) {
    if (operands.length === 1 && flags.offline)
      throw usage("--offline hides the Hub's version", "Name two versions that are in the cache.");
  },
  load: () => import("./diff.ts"),
};

/** `mlx-download outdated [repo…]` */
export const outdated: CommandSpec = {
  name: "outdated",
  group: "Find and choose",
  aliases: [],
  usage: "[org/name…]",
  summary: "list the models in the cache that have a newer version on the Hub, and the changes",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: ["exitCode", "cacheDir", "endpoint", "tokenStdin", "token"],
  examples: [
    { line: "mlx-download outdated", purpose: "all models in the cache" },
    { line: "mlx-download outdated --exit-code -q", purpose: "for a script: exit code 12" },
    { line: "mlx-download outdated --json | jq '.models[].changes'", purpose: "the changes" },
  ],
  notes: [
    "Only listings and configs are fetched. mlx-download get org/name downloads a newer version. The old one stays until cache prune.",
  ],
  load: () => import("./outdated.ts"),
};
