import type { CommandSpec } from "../command-spec.ts";

/** `mlx-download cache import`. */
export const cacheImport: CommandSpec = {
  name: "cache import",
  group: "Cache",
  aliases: [],
  usage: "<FOLDER | FILE.tar | -> [org/name[@revision]]",
  summary: "bring an exported model into the cache, every byte proved, without network",
  operands: { min: 1, max: 2, what: "an exported folder or archive" },
  flags: ["repoType", "cacheDir", "events"],
  examples: [
    { line: "mlx-download cache import /Volumes/Stick/name", purpose: "a folder" },
    { line: "mlx-download cache import name.tar", purpose: "an archive; - reads standard input" },
    {
      line: "mlx-download cache import ./model org/name",
      purpose: "what --local-dir (ours or hf's) put into a folder",
    },
  ],
  notes: [
    "A folder of --local-dir does not say which model it is, so name it, with @REV where it was no main. Its files are held against the digests that were noted when they were downloaded.",
    "Only what the manifest of the export lists is taken, and only when its digest is right. That the listing itself is the Hub's is proved by mlx-download verify with network.",
  ],
  load: () => import("../../commands/cache-import.ts"),
};
