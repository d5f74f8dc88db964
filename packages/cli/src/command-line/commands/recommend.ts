import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download recommend` */
export const recommend: CommandSpec = {
  name: "recommend",
  group: "Find and choose",
  aliases: ["choose"],
  usage: "[model]",
  summary: "what to run on this machine for a task, or which variant of a model to take, and why",
  operands: { min: 0, max: 1 },
  flags: [
    "task",
    "ctx",
    "memory",
    "chip",
    "kvBits",
    "batch",
    "fitPython",
    "minSpeed",
    "author",
    "all",
    "limit",
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
    "Size and age rank models, what fits ranks variants; downloads only break ties. docs/guide/choosing-a-model.md has the rules.",
  ],
  load: () => import("../../commands/recommend.ts"),
};
