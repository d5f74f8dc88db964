import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download cache import`. */
export const cacheImport: CommandSpec = {
  name: "cache import",
  group: "Cache",
  aliases: [],
  usage: "<FOLDER | FILE.tar | ->",
  summary: "bring an exported model into the cache, every byte proved, without network",
  operands: { min: 1, max: 1, what: "an exported folder or archive" },
  flags: ["cacheDir"],
  examples: [
    { line: "mlx-download cache import /Volumes/Stick/name", purpose: "a folder" },
    { line: "mlx-download cache import name.tar", purpose: "an archive; - reads standard input" },
  ],
  notes: [
    "Only what the manifest of the export lists is taken, and only when its digest is right. That the listing itself is the Hub's is proved by mlx-download verify with network.",
  ],
  load: () => import("../../commands/cache-import.ts"),
};
