import type { CommandSpec } from "../../command-line/command-spec.ts";
import { usage } from "../../command-line/usage.ts";

/** `mlx-download diff <ref> [ref]` */
export const diff: CommandSpec = {
  name: "diff",
  group: "Find and choose",
  aliases: [],
  usage: "<org/name[@revision]> [<org/name[@revision]>]",
  summary: "what differs between two versions or models, before any weight is fetched",
  operands: { min: 1, max: 2 },
  flags: ["exitCode", "cacheDir", "endpoint", "offline", "tokenStdin", "token"],
  examples: [
    { line: "mlx-download diff org/name", purpose: "what is here against what the Hub has" },
    { line: "mlx-download diff org/name@v1 org/name@v2", purpose: "two revisions" },
    { line: "mlx-download diff org/name-4bit org/name-8bit --json", purpose: "two variants" },
  ],
  notes: [
    "Changes are about weights, config, template, tokenizer, card or other files. Only small files are read.",
  ],
  check({ operands, flags }) {
    if (operands.length === 1 && flags.offline)
      throw usage(
        "what the Hub has cannot be known with --offline",
        "Name two versions that are here.",
      );
  },
  load: () => import("./diff.ts"),
};

/** `mlx-download outdated [repo…]` */
export const outdated: CommandSpec = {
  name: "outdated",
  group: "Find and choose",
  aliases: [],
  usage: "[org/name…]",
  summary: "which models of the cache the Hub has a newer version of, and what changed",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: ["exitCode", "cacheDir", "endpoint", "tokenStdin", "token"],
  examples: [
    { line: "mlx-download outdated", purpose: "all that is here" },
    { line: "mlx-download outdated --exit-code -q", purpose: "for a script: exit code 12" },
    { line: "mlx-download outdated --json | jq '.models[].changes'", purpose: "what changed" },
  ],
  notes: [
    "Nothing is fetched but listings and configs. mlx-download get org/name brings a newer version; the one that is here stays until cache prune.",
  ],
  load: () => import("./outdated.ts"),
};
