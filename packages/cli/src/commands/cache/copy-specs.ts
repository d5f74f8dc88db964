import type { CommandSpec } from "../../command-line/command-spec.ts";

/** `mlx-download cache view`. */
export const cacheView: CommandSpec = {
  name: "cache view",
  group: "Cache",
  aliases: [],
  usage: "[org/name[@revision]]",
  summary:
    "show a model to a program that wants plain files in its own folder. Without a name, list the views",
  operands: { min: 0, max: 1 },
  flags: ["layout", "to", "remove", "repoType", "cacheDir", "events"],
  options: {
    to: { value: "DIR", summary: "the folder in which the other program looks for models" },
  },
  examples: [
    {
      line: "mlx-download cache view org/name --layout lmstudio",
      purpose: "for LM Studio, below ~/.lmstudio/models",
    },
    {
      line: "mlx-download cache view org/name --layout jan",
      purpose: "for Jan, below mlx/models in its folder of data",
    },
    {
      line: "mlx-download cache view org/name --to ~/models",
      purpose: "~/models/org/name, for any program",
    },
    {
      line: "mlx-download cache view org/name --layout lmstudio --remove",
      purpose: "removes the view",
    },
  ],
  notes: [
    "Large files are clones or hard links where the file system supports them, so a view takes almost no space. On another disk they are verified copies.",
    "LM Studio's and Jan's folders are found where their own settings say. --to names another.",
    "verify reads views, too. cache view alone and doctor say when a file is gone from one.",
    "The last line of standard output is the path.",
  ],
  load: () => import("./view.ts"),
};

/** `mlx-download cache export`. */
export const cacheExport: CommandSpec = {
  name: "cache export",
  group: "Cache",
  aliases: [],
  usage: "<org/name[@revision]…>",
  summary: "copy models out of the cache, verified, as folders or a tar archive",
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  flags: ["to", "repoType", "cacheDir", "events"],
  options: {
    to: { summary: "a folder, an archive (FILE.tar), or - for an archive on standard output" },
  },
  examples: [
    {
      line: "mlx-download cache export org/name --to /Volumes/Stick/name",
      purpose: "a folder of plain files",
    },
    {
      line: "mlx-download cache export org/a org/b --to /Volumes/Stick",
      purpose: "several, with the lock of them all",
    },
    {
      line: "mlx-download cache export org/name --to name.tar",
      purpose: "one file, the same bytes every time",
    },
    {
      line: "mlx-download cache export org/name --to=- | ssh mac mlx-download cache import -",
      purpose: "to another Mac",
    },
  ],
  notes: [
    "Several models get a folder each, and mlx-models.lock beside them. An export into a folder that was interrupted goes on from what it had copied, which is verified again. FAT32 holds no file of more than 4 GB: format the disk as exFAT or APFS.",
  ],
  load: () => import("./export.ts"),
};

/** `mlx-download cache import`. */
export const cacheImport: CommandSpec = {
  name: "cache import",
  group: "Cache",
  aliases: [],
  usage: "<FOLDER | FILE.tar | -> [org/name[@revision]]",
  summary: "import an exported model into the cache, verified, without network",
  operands: { min: 1, max: 2, what: "an exported folder or archive", complete: "folders" },
  flags: ["repoType", "cacheDir", "events"],
  examples: [
    { line: "mlx-download cache import /Volumes/Stick/name", purpose: "a folder" },
    {
      line: "mlx-download cache import /Volumes/Stick",
      purpose: "all models of a disk, held against the lock beside them",
    },
    { line: "mlx-download cache import name.tar", purpose: "an archive (- reads standard input)" },
    {
      line: "mlx-download cache import ./model org/name",
      purpose: "a folder filled by --local-dir (ours or hf's)",
    },
  ],
  notes: [
    "A folder filled by --local-dir does not record its model, so name it, with @REV unless it was main. Its files are verified against the digests recorded at download.",
    "Only files that the manifest of the export lists are imported, and only if their digests match. mlx-download verify --hub checks the listing itself against the Hub.",
  ],
  load: () => import("./import.ts"),
};

/** `mlx-download cache mv`. */
export const cacheMv: CommandSpec = {
  name: "cache mv",
  group: "Cache",
  aliases: ["cache move"],
  usage: "[org/name…]",
  summary: "move models, or the whole cache, to another disk. A link stays where they were",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: ["to", "yes", "repoType", "cacheDir", "events"],
  options: {
    yes: { summary: "move the whole cache without asking" },
    to: { value: "DIR", summary: "the hub cache on the other disk" },
  },
  examples: [
    {
      line: "mlx-download cache mv org/name --to /Volumes/Big/hub",
      purpose: "one model that every tool still finds",
    },
    { line: "mlx-download cache mv --to /Volumes/Big/hub", purpose: "the whole cache" },
    {
      line: "mlx-download cache mv org/name --cache-dir /Volumes/Big/hub --to ~/.cache/huggingface/hub",
      purpose: "back again",
    },
  ],
  notes: [
    "Everything is copied and verified first, then the copy takes the original's place. If the command is killed, run it again to resume.",
    "Python's hf cache rm cannot remove a model behind a link. mlx-download cache rm removes the link.",
  ],
  load: () => import("./mv.ts"),
};
