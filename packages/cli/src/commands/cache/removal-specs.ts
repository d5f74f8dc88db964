import type { CommandSpec } from "../../command-line/command-spec.ts";

/** `mlx-download cache rm`. */
export const cacheRm: CommandSpec = {
  name: "cache rm",
  group: "Cache",
  aliases: ["rm"],
  usage: "[org/name[@revision]…]",
  summary: "remove models, revisions or single files from the cache",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: ["where", "include", "exclude", "keepNewest", "repoType", "yes", "dryRun", "cacheDir"],
  options: {
    yes: { summary: "remove without asking" },
  },
  examples: [
    { line: "mlx-download cache rm org/name", purpose: "asks, then removes all its revisions" },
    {
      line: "mlx-download cache rm org/name@v1 --dry-run",
      purpose: "the files to remove, and the space that frees",
    },
    {
      line: "mlx-download cache rm --where 'accessed>90d' --where mlx=true",
      purpose: "MLX models unused for 90 days",
    },
    { line: "mlx-download cache rm org/name --include '*.bin'", purpose: "only these files" },
  ],
  notes: [
    "Files that other revisions or repos need stay, and so do pinned revisions.",
    "The cache is shared with other tools (hf, mlx-lm …): models removed here are gone for them too.",
  ],
  load: () => import("./rm.ts"),
};

/** `mlx-download cache prune`. */
export const cachePrune: CommandSpec = {
  name: "cache prune",
  group: "Cache",
  aliases: [],
  usage: "",
  summary: "remove unused data: revisions without a ref, old unfinished downloads, leftovers",
  operands: { min: 0, max: 0 },
  flags: ["where", "keepNewest", "grace", "yes", "dryRun", "cacheDir"],
  options: {
    yes: { summary: "remove without asking" },
  },
  examples: [
    { line: "mlx-download cache prune --dry-run", purpose: "list what it would remove" },
    { line: "mlx-download cache prune --keep-newest 2 --yes", purpose: "for a nightly job" },
  ],
  notes: [
    "A model that was downloaded by its commit has no ref. Pin it to keep it (mlx-download cache pin org/name@commit).",
  ],
  load: () => import("./prune.ts"),
};

/** `mlx-download cache evict`. */
export const cacheEvict: CommandSpec = {
  name: "cache evict",
  group: "Cache",
  aliases: [],
  usage: "",
  summary: "remove the longest unused revisions until the cache is small enough",
  operands: { min: 0, max: 0 },
  flags: ["maxSize", "where", "keepNewest", "yes", "dryRun", "cacheDir"],
  options: {
    yes: { summary: "remove without asking" },
  },
  examples: [
    { line: "mlx-download cache evict --max-size 200GB", purpose: "asks, then removes" },
    {
      line: "mlx-download cache evict --max-size 200GB --where mlx=true --yes",
      purpose: "only MLX models go",
    },
  ],
  notes: [
    "A use is a download, a lookup or a load by an engine. Without a recorded use, the download date counts, or a later access time of the file system.",
    "Exit code 10 when pinned and other protected revisions are larger than the limit. Everything else has been removed then.",
  ],
  load: () => import("./evict.ts"),
};

/** `mlx-download cache pin`. */
export const cachePin: CommandSpec = {
  name: "cache pin",
  group: "Cache",
  aliases: [],
  usage: "[org/name[@revision]…]",
  summary: "protect models from rm, prune and evict. Without a name, list the pins",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: ["repoType", "cacheDir"],
  examples: [
    {
      line: "mlx-download cache pin org/name",
      purpose: "keeps main, now and after updates",
    },
    {
      line: "mlx-download cache pin org/name@0123456789abcdef0123456789abcdef01234567",
      purpose: "keeps this commit, also from hf cache prune",
    },
    { line: "mlx-download cache pin", purpose: "the pins" },
  ],
  notes: [
    "A pinned branch or tag protects the commit that it points at. Python's hf cache rm ignores pins. hf cache prune leaves pinned commits alone, since each has a ref of its own.",
  ],
  load: () => import("./pin.ts"),
};

/** `mlx-download cache unpin`. */
export const cacheUnpin: CommandSpec = {
  name: "cache unpin",
  group: "Cache",
  aliases: [],
  usage: "<org/name[@revision]>…",
  summary: "remove pins, so that the models can be removed again",
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  flags: ["repoType", "cacheDir"],
  examples: [{ line: "mlx-download cache unpin org/name", purpose: "removes the pin of main" }],
  load: () => import("./unpin.ts"),
};
