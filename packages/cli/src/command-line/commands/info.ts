import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download info` */
export const info: CommandSpec = {
  name: "info",
  group: "Find and choose",
  aliases: ["show"],
  usage: "<org/name[@revision] | ./folder>",
  summary: "what a model is, what it needs, whether it fits and loads, before a weight is fetched",
  operands: { min: 1, max: 1 },
  flags: [
    "revision",
    "ctx",
    "memory",
    "chip",
    "kvBits",
    "batch",
    "fitPython",
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
    { line: "mlx-download info org/name --fit-python auto", purpose: "by what is installed" },
    { line: "mlx-download info ./converted --json", purpose: "a folder of mlx_lm.convert" },
  ],
  notes: [
    "Only small files and the headers of the weights are read, about ten requests; a model in the cache needs none with --offline.",
  ],
  load: () => import("../../commands/info.ts"),
};
