import type { CommandSpec } from "../command-spec.ts";

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
    { line: "mlx-download files org/name", purpose: "what is in it" },
    { line: "mlx-download files org/name --include '*.json' -q", purpose: "the paths alone" },
  ],
  load: () => import("../../commands/files.ts"),
};
