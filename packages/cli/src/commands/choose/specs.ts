import type { CommandSpec } from "../../command-line/command-spec.ts";
import { usage } from "../../command-line/usage.ts";

/** `mlx-download info` */
export const info: CommandSpec = {
  name: "info",
  group: "Find and choose",
  aliases: ["show"],
  usage: "<org/name[@revision] | ./folder>",
  summary: "describe a model, its memory needs, and whether it fits and loads, before downloading",
  operands: { min: 1, max: 1 },
  flags: [
    "revision",
    "ctx",
    "memory",
    "chip",
    "kvBits",
    "prefillStep",
    "batch",
    "images",
    "keptPrompts",
    "draftModel",
    "adapter",
    "fitPython",
    "trustRemoteCode",
    "cacheDir",
    "endpoint",
    "offline",
    "tokenStdin",
    "token",
  ],
  examples: [
    { line: "mlx-download info mlx-community/Qwen3-8B-4bit", purpose: "on this machine" },
    {
      line: "mlx-download info org/name --memory 64G --chip m4-max --ctx 32k",
      purpose: "on another",
    },
    { line: "mlx-download info org/name --fit-python auto", purpose: "with the installed mlx-lm" },
    {
      line: "mlx-download info org/name --draft-model org/small --kept-prompts 4",
      purpose: "as mlx_lm.server runs it",
    },
    { line: "mlx-download info ./converted --json", purpose: "a folder from mlx_lm.convert" },
  ],
  notes: [
    "Only small files and the headers of the weights are read, in about ten requests. A model in the cache needs none with --offline.",
  ],
  load: () => import("./info.ts"),
};

/** `mlx-download fit` */
export const fit: CommandSpec = {
  ...info,
  name: "fit",
  aliases: [],
  summary: "the same, and exit 8 when the model does not fit or cannot load",
  examples: [
    { line: "mlx-download fit org/name --ctx 32k", purpose: "at 32,768 tokens" },
    { line: "mlx-download fit org/name --memory 32G -q", purpose: "for a script" },
  ],
  load: () => import("./fit.ts"),
};

/** `mlx-download list` */
export const list: CommandSpec = {
  name: "list",
  group: "Find and choose",
  aliases: [],
  usage: "[words…]",
  summary: "list MLX models on the Hub, in its own order",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: [
    "filter",
    "author",
    "all",
    "limit",
    "sort",
    "quant",
    "fits",
    "memory",
    "chip",
    "endpoint",
    "backend",
    "tokenStdin",
    "token",
  ],
  options: {
    sort: {
      choices: ["downloads", "likes", "created", "modified", "trending"],
      summary: "downloads (default), likes, created, modified or trending. Highest or newest first",
    },
    limit: { summary: "at most N models (default 50)" },
  },
  examples: [
    { line: "mlx-download list qwen3 --limit 10", purpose: "the ten most downloaded" },
    { line: "mlx-download list --all --sort created", purpose: "the newest of every author" },
    { line: "mlx-download list --json | jq -r '.[].repo_id'", purpose: "for a script" },
  ],
  check({ operands, flags }) {
    if (operands.length > 0 && flags.filter !== undefined)
      throw usage(
        `"${operands.join(" ")}" and --filter ${flags.filter} are both search words`,
        "Leave one of them out.",
      );
  },
  load: () => import("./list.ts"),
};

/** `mlx-download files <ref>` */
export const files: CommandSpec = {
  name: "files",
  group: "Find and choose",
  aliases: ["ls"],
  usage: "<org/name[@revision]>",
  summary: "list the files of a model with size, digest, and whether they are in the cache",
  operands: { min: 1, max: 1 },
  flags: [
    "revision",
    "include",
    "exclude",
    "preset",
    "cacheDir",
    "endpoint",
    "offline",
    "tokenStdin",
    "token",
  ],
  examples: [
    { line: "mlx-download files org/name", purpose: "all of them" },
    { line: "mlx-download files org/name --include '*.json' -q", purpose: "the paths alone" },
  ],
  load: () => import("./files.ts"),
};

/** `mlx-download recommend` */
export const recommend: CommandSpec = {
  name: "recommend",
  group: "Find and choose",
  aliases: ["choose"],
  usage: "[model]",
  summary: "recommend a model for a task, or the best variant of a model for this machine, and why",
  operands: { min: 0, max: 1 },
  flags: [
    "task",
    "ctx",
    "memory",
    "chip",
    "kvBits",
    "prefillStep",
    "batch",
    "fitPython",
    "minSpeed",
    "author",
    "all",
    "limit",
    "online",
    "offline",
    "cacheDir",
    "endpoint",
    "tokenStdin",
    "token",
  ],
  examples: [
    { line: "mlx-download recommend --task code --ctx 32k", purpose: "for this machine" },
    { line: "mlx-download recommend --memory 64G --chip m4-max", purpose: "for another" },
    { line: "mlx-download recommend Qwen/Qwen3-8B", purpose: "which variant of it" },
    { line: "mlx-download recommend -q --limit 1", purpose: "the best one's name, for a script" },
  ],
  notes: [
    "With a catalogue on this disk (mlx-download catalogue sync) it asks nobody: models that no command has read before are judged by name, tags and counts. --online reads the files of the best few.",
    "Models are ranked by size, age and speed, variants by fit. With --task draft the model is the one to draft for. Downloads only break ties. docs/guide/choosing-a-model.md has the rules.",
  ],
  load: () => import("./recommend.ts"),
};

/** `mlx-download card <ref>` */
export const card: CommandSpec = {
  name: "card",
  group: "Find and choose",
  aliases: ["readme"],
  usage: "<org/name[@revision]>",
  summary: "print a model card: its licence and its text, also of gated models",
  operands: { min: 1, max: 1 },
  flags: ["revision", "cacheDir", "endpoint", "offline", "tokenStdin", "token"],
  examples: [
    { line: "mlx-download card mlx-community/Qwen3-8B-4bit | less", purpose: "read it" },
    { line: "mlx-download card org/name --json | jq -r .license", purpose: "the licence alone" },
  ],
  load: () => import("./card.ts"),
};
