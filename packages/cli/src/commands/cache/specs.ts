import { transferKeys } from "../download/transfer-options.ts";
import type { CommandSpec } from "../../command-line/command-spec.ts";
import { usage } from "../../command-line/usage.ts";

/** `mlx-download cache`, with the options of the tool that preceded this one. */
export const cache: CommandSpec = {
  name: "cache",
  group: "Cache",
  aliases: [],
  usage: "",
  summary: "list the models in the cache, or delete some",
  operands: { min: 0, max: 0 },
  flags: ["list", "clearModel", "clear", "yes", "cacheDir"],
  options: {
    yes: { summary: "delete without asking" },
  },
  examples: [
    { line: "mlx-download cache --list", purpose: "the models and their sizes" },
    { line: "mlx-download cache --clear-model org/name", purpose: "asks, then deletes" },
  ],
  notes: [
    "The cache is shared with other tools (hf, mlx-lm …): models deleted here are gone for them too.",
  ],
  load: () => import("./cache.ts"),
};

/** `mlx-download cache ls`. */
export const cacheLs: CommandSpec = {
  name: "cache ls",
  group: "Cache",
  aliases: ["cache list"],
  usage: "",
  summary: "list every repo in the cache: size, revisions, refs and problems",
  operands: { min: 0, max: 0 },
  flags: ["where", "sort", "limit", "revisions", "cacheDir"],
  options: {
    sort: {
      choices: ["size", "used", "name"],
      summary: "size (largest first), used (last used first) or name (default)",
    },
    limit: { summary: "at most N repos" },
  },
  examples: [
    { line: "mlx-download cache ls --sort size --limit 10", purpose: "the ten largest" },
    { line: "mlx-download cache ls", purpose: "all repos, and the space that prune could free" },
    { line: "mlx-download cache ls --where 'size>10GB' -q", purpose: "the ids of the large ones" },
    { line: "mlx-download cache ls --json | jq .sizeOnDisk", purpose: "for a script" },
  ],
  notes: ["Only names and lengths are read. mlx-download verify reads and verifies the content."],
  load: () => import("./ls.ts"),
};

/** `mlx-download verify` */
export const verify: CommandSpec = {
  name: "verify",
  group: "Cache",
  aliases: ["cache verify"],
  usage: "[org/name[@revision]…]",
  summary:
    "verify the files of models, or of the whole cache, by their checksums; exit 7 when damaged or missing",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: [
    "quick",
    "hub",
    "lock",
    "project",
    "force",
    "threads",
    "localDir",
    "repoType",
    "cacheDir",
    "endpoint",
    "tokenStdin",
    "token",
    "events",
  ],
  options: {
    force: { summary: "read everything again" },
  },
  examples: [
    { line: "mlx-download verify", purpose: "everything in the cache, without network" },
    { line: "mlx-download verify org/name --quick", purpose: "lengths and headers, in a moment" },
    { line: "mlx-download verify org/name --local-dir ./model", purpose: "a plain folder" },
    { line: "mlx-download verify --lock", purpose: "the project's lock, byte for byte" },
  ],
  notes: [
    "An interrupted verification resumes where it stopped, within a day. --force reads everything again.",
    "mlx-download repair fixes damaged files.",
  ],
  check({ operands, flags }) {
    const isOther = flags.quick || flags.hub || flags.localDir !== undefined;
    if (flags.lock && (isOther || flags.repoType !== undefined || operands.length > 0))
      throw usage(
        "--lock verifies the models of the lock in the cache, all bytes of them",
        "Leave out names, --quick, --hub, --type and --local-dir.",
      );
    if (flags.project !== undefined && !flags.lock)
      throw usage("--project names the folder of a lock", "Add --lock.");
    if (flags.localDir !== undefined && operands.length > 1)
      throw usage("--local-dir takes one model at a time", "Run the command once for each.");
    if (flags.localDir !== undefined && flags.hub && operands.length === 0)
      throw usage(
        "A folder does not say which repo it holds",
        "Name the repo: mlx-download verify org/name --local-dir FOLDER --hub.",
      );
    if (flags.repoType !== undefined && operands.length === 0)
      throw usage("--type applies to a name, and no name is given", "Name a repo as well.");
  },
  load: () => import("./verify.ts"),
};

/** `mlx-download repair` */
export const repair: CommandSpec = {
  name: "repair",
  group: "Cache",
  aliases: ["cache repair"],
  usage: "[org/name[@revision]…]",
  summary: "verify, then fix damaged files, fetching only the damaged parts where they are known",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: [
    "quick",
    "force",
    "threads",
    "localDir",
    "repoType",
    "cacheDir",
    "endpoint",
    ...transferKeys,
    "offline",
    "tokenStdin",
    "token",
    "events",
  ],
  options: {
    force: { summary: "read everything again, including files that an interrupted run verified" },
  },
  examples: [
    { line: "mlx-download repair org/name", purpose: "one model" },
    { line: "mlx-download repair", purpose: "the whole cache" },
  ],
  notes: [
    "Damaged data is not deleted but moved to quarantine beside the blobs. mlx-download cache prune removes it.",
  ],
  check({ operands, flags }) {
    if (flags.repoType !== undefined && operands.length === 0)
      throw usage("--type applies to a name, and no name is given", "Name a repo as well.");
    if (flags.localDir !== undefined && operands.length !== 1)
      throw usage("--local-dir takes one model", "Name the model that the folder was filled from.");
  },
  load: () => import("./repair.ts"),
};

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
  summary: "protect models from rm, prune and evict; without a name, list the pins",
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

/** `mlx-download cache view`. */
export const cacheView: CommandSpec = {
  name: "cache view",
  group: "Cache",
  aliases: [],
  usage: "[org/name[@revision]]",
  summary:
    "show a model to a program that wants plain files in its own folder; without a name, list the views",
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
  usage: "<org/name[@revision]>",
  summary: "copy a model out of the cache, verified, as a folder or a tar archive",
  operands: { min: 1, max: 1 },
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
      line: "mlx-download cache export org/name --to name.tar",
      purpose: "one file, the same bytes every time",
    },
    {
      line: "mlx-download cache export org/name --to=- | ssh mac mlx-download cache import -",
      purpose: "to another Mac",
    },
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
    { line: "mlx-download cache import name.tar", purpose: "an archive; - reads standard input" },
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
  summary: "move models, or the whole cache, to another disk; a link stays where they were",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: ["to", "yes", "repoType", "cacheDir", "events"],
  options: {
    yes: { summary: "move the whole cache without asking" },
    to: { value: "DIR", summary: "the hub cache on the other disk" },
  },
  examples: [
    {
      line: "mlx-download cache mv org/name --to /Volumes/Big/hub",
      purpose: "one model; every tool still finds it",
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

/** `mlx-download path <ref>` */
export const path: CommandSpec = {
  name: "path",
  group: "Cache",
  aliases: [],
  usage: "<org/name[@revision] | ALIAS>",
  summary: "print the path of a model in the cache; exit 4 when it is not complete there",
  operands: { min: 1, max: 1 },
  flags: ["revision", "include", "exclude", "preset", "cacheDir"],
  examples: [
    { line: 'mlx_lm.generate --model "$(mlx-download path org/name)"', purpose: "no network" },
    { line: "mlx-download path chat", purpose: "by its alias in the nearest project, as locked" },
  ],
  notes: [
    "The files are links into the cache. Ollama refuses links that leave a model's folder: give it a view, whose files are plain (mlx-download cache view org/name --to FOLDER).",
  ],
  load: () => import("./path.ts"),
};
