import { transferKeys } from "../download/transfer-options.ts";
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
    "Only listings and configs are fetched. mlx-download update brings the newer versions. A version that was rolled back from is left out until the Hub has a newer one.",
  ],
  load: () => import("./outdated.ts"),
};

/** `mlx-download update [ref…]` */
export const update: CommandSpec = {
  name: "update",
  group: "Download",
  aliases: ["upgrade"],
  usage: "[org/name[@branch]|ALIAS…]",
  summary: "bring models in the cache to the Hub's newest version. The old one stays",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: [
    "dryRun",
    "all",
    "yes",
    "project",
    "schedule",
    "unschedule",
    "within",
    "onBattery",
    "cacheDir",
    "endpoint",
    ...transferKeys,
    "tokenStdin",
    "token",
    "events",
  ],
  options: {
    all: { summary: "also the models of which only the card changed" },
  },
  examples: [
    { line: "mlx-download update --dry-run", purpose: "the changes, and the bytes to fetch" },
    { line: "mlx-download update", purpose: "shows the updates and asks" },
    { line: "mlx-download update org/name", purpose: "one model, whatever changed" },
    {
      line: 'mlx-download update org/name --schedule "03:00-06:00" --limit-rate 5M',
      purpose: "this model every night, on mains power",
    },
    { line: "mlx-download rollback org/name", purpose: "go back, without a download" },
  ],
  notes: [
    "A branch moves when its new version is complete. A stopped update leaves the old one in use, and the same command resumes it.",
    "Pinned commits stay, and so do those in the lock of a project: naming the alias there downloads its new version and moves the lock. A version that was rolled back from is taken by name only.",
    "A schedule is for named models alone. --dry-run shows its files. The systemd timer was tried on Linux; the launchd agent was not tried on a Mac.",
  ],
  check({ flags }) {
    if (flags.schedule !== undefined && flags.unschedule)
      throw usage("--schedule and --unschedule exclude each other", "Leave one of them out.");
    if (flags.within !== undefined && (flags.schedule !== undefined || flags.unschedule))
      throw usage("--within is for the update that runs now", "Name the span with --schedule.");
  },
  load: () => import("./update.ts"),
};

/** `mlx-download rollback <ref…>` */
export const rollback: CommandSpec = {
  name: "rollback",
  group: "Cache",
  aliases: [],
  usage: "<org/name[@branch]…>",
  summary: "return to the version from before an update, without a download",
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  flags: ["to", "dryRun", "cacheDir"],
  options: {
    to: { value: "COMMIT", summary: "the version to go to (default: the one from before)" },
  },
  examples: [
    { line: "mlx-download rollback org/name", purpose: "the version from before" },
    { line: "mlx-download rollback org/name --to 0a1b2c3", purpose: "this one" },
  ],
  notes: [
    "The version has to be on this disk: mlx-download history lists those. update passes the abandoned version over until the Hub has a newer one.",
  ],
  check({ operands, flags }) {
    if (operands.length > 1 && flags.to !== undefined)
      throw usage("--to is a commit of one model", "Run the command once for each model.");
  },
  load: () => import("./rollback.ts"),
};

/** `mlx-download history <ref>` */
export const history: CommandSpec = {
  name: "history",
  group: "Find and choose",
  aliases: ["log"],
  usage: "<org/name[@revision]>",
  summary: "list the versions of a model on the Hub, and those on this disk",
  operands: { min: 1, max: 1 },
  flags: ["limit", "cacheDir", "endpoint", "offline", "tokenStdin", "token"],
  options: { limit: { summary: "the N newest (default 20)" } },
  examples: [
    { line: "mlx-download history org/name", purpose: "commits, dates, what is here" },
    { line: "mlx-download diff org/name@0a1b2c3 org/name", purpose: "compare two of them" },
    { line: "mlx-download history org/name --offline", purpose: "the versions on this disk" },
  ],
  load: () => import("./history.ts"),
};
