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
    { line: "mlx-download cache --list", purpose: "what is here and how large it is" },
    { line: "mlx-download cache --clear-model org/name", purpose: "asks, then deletes" },
  ],
  notes: [
    "The cache is shared with other tools (hf, mlx-lm, LM Studio …): what is deleted here is gone for them too.",
  ],
  load: () => import("./cache.ts"),
};

/** `mlx-download cache ls`. */
export const cacheLs: CommandSpec = {
  name: "cache ls",
  group: "Cache",
  aliases: ["cache list"],
  usage: "",
  summary: "list every repo in the cache: size, revisions, refs, and what is wrong with it",
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
    { line: "mlx-download cache ls", purpose: "what is here, and what could go" },
    { line: "mlx-download cache ls --where 'size>10GB' -q", purpose: "the ids of the large ones" },
    { line: "mlx-download cache ls --json | jq .sizeOnDisk", purpose: "for a script" },
  ],
  notes: ["No content is read: names and lengths only. mlx-download verify reads and proves."],
  load: () => import("./ls.ts"),
};

/** `mlx-download verify` */
export const verify: CommandSpec = {
  name: "verify",
  group: "Cache",
  aliases: ["cache verify"],
  usage: "[org/name[@revision]…]",
  summary:
    "verify the files of models, or of the whole cache, by their checksums; exit 7 when bad or gone",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: [
    "quick",
    "hub",
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
  ],
  notes: [
    "An interrupted verification goes on where it stopped, within a day; --force reads everything again.",
    "mlx-download repair puts right what is bad.",
  ],
  check({ operands, flags }) {
    if (flags.localDir !== undefined && operands.length > 1)
      throw usage("--local-dir takes one model at a time", "Run the command once for each.");
    if (flags.localDir !== undefined && flags.hub && operands.length === 0)
      throw usage(
        "A folder does not say which repo it holds",
        "Name the repo: mlx-download verify org/name --local-dir FOLDER --hub.",
      );
    if (flags.repoType !== undefined && operands.length === 0)
      throw usage("--type says what a name means, and none is given", "Name a repo, too.");
  },
  load: () => import("./verify.ts"),
};

/** `mlx-download repair` */
export const repair: CommandSpec = {
  name: "repair",
  group: "Cache",
  aliases: ["cache repair"],
  usage: "[org/name[@revision]…]",
  summary:
    "verify, then put right what is bad, fetching only the damaged parts where they are known",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: [
    "quick",
    "force",
    "threads",
    "localDir",
    "repoType",
    "cacheDir",
    "endpoint",
    "connections",
    "limitRate",
    "offline",
    "tokenStdin",
    "token",
    "events",
  ],
  options: {
    force: { summary: "read everything again, also what an interrupted run verified" },
  },
  examples: [
    { line: "mlx-download repair org/name", purpose: "one model" },
    { line: "mlx-download repair", purpose: "the whole cache" },
  ],
  notes: [
    "Damaged data goes to quarantine beside the blobs, not to the bin: mlx-download cache prune removes it.",
  ],
  check({ operands, flags }) {
    if (flags.repoType !== undefined && operands.length === 0)
      throw usage("--type says what a name means, and none is given", "Name a repo, too.");
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
      purpose: "what would go, and how much that frees",
    },
    {
      line: "mlx-download cache rm --where 'accessed>90d' --where mlx=true",
      purpose: "MLX models nobody used for 90 days",
    },
    { line: "mlx-download cache rm org/name --include '*.bin'", purpose: "only these files" },
  ],
  notes: [
    "A revision goes by its repo and commit; what other revisions and repos need stays, as does what is pinned.",
    "The cache is shared with other tools (hf, mlx-lm, LM Studio …): what is removed here is gone for them too.",
  ],
  load: () => import("./rm.ts"),
};

/** `mlx-download cache prune`. */
export const cachePrune: CommandSpec = {
  name: "cache prune",
  group: "Cache",
  aliases: [],
  usage: "",
  summary: "remove what nobody needs: revisions without a ref, old unfinished data, leftovers",
  operands: { min: 0, max: 0 },
  flags: ["where", "keepNewest", "grace", "yes", "dryRun", "cacheDir"],
  options: {
    yes: { summary: "remove without asking" },
  },
  examples: [
    { line: "mlx-download cache prune --dry-run", purpose: "what would go" },
    { line: "mlx-download cache prune --keep-newest 2 --yes", purpose: "for a nightly job" },
  ],
  notes: [
    "A model that was fetched by its commit has no ref: pin it to keep it (mlx-download cache pin org/name@commit).",
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
    "A use is a download, a lookup or a load by an engine; where none was noted, the day it came counts, or a later access that the file system noted.",
    "Exit code 10 when what is pinned or has to stay is larger than the limit; all else is gone then.",
  ],
  load: () => import("./evict.ts"),
};

/** `mlx-download cache pin`. */
export const cachePin: CommandSpec = {
  name: "cache pin",
  group: "Cache",
  aliases: [],
  usage: "[org/name[@revision]…]",
  summary: "keep models, whatever rm, prune or evict are asked; without a name, list the pins",
  operands: { min: 0, max: Number.POSITIVE_INFINITY },
  flags: ["repoType", "cacheDir"],
  examples: [
    {
      line: "mlx-download cache pin org/name",
      purpose: "keeps what main is, now and after updates",
    },
    {
      line: "mlx-download cache pin org/name@0123456789abcdef0123456789abcdef01234567",
      purpose: "keeps this commit, also from hf cache prune",
    },
    { line: "mlx-download cache pin", purpose: "the pins" },
  ],
  notes: [
    "A pinned branch or tag protects the commit that it points at. Python's hf cache rm knows no pins; hf cache prune leaves pinned commits alone, since each has a ref of its own.",
  ],
  load: () => import("./pin.ts"),
};

/** `mlx-download cache unpin`. */
export const cacheUnpin: CommandSpec = {
  name: "cache unpin",
  group: "Cache",
  aliases: [],
  usage: "<org/name[@revision]>…",
  summary: "let pinned models go again, when somebody removes them",
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  flags: ["repoType", "cacheDir"],
  examples: [{ line: "mlx-download cache unpin org/name", purpose: "takes the pin of main back" }],
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
      line: "mlx-download cache view org/name --to ~/models",
      purpose: "~/models/org/name, for any program",
    },
    {
      line: "mlx-download cache view org/name --layout lmstudio --remove",
      purpose: "takes it away again",
    },
  ],
  notes: [
    "Large files are clones or hard links where the file system can, so a view takes next to no space; on another disk they are copies, proved.",
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
  summary: "copy a model out of the cache, every byte proved: a folder, or a tar archive",
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
  summary: "bring an exported model into the cache, every byte proved, without network",
  operands: { min: 1, max: 2, what: "an exported folder or archive", complete: "folders" },
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
    "Everything is copied and proved first, then the two change places; what is killed in between goes on when it is run again.",
    "Python's hf cache rm cannot remove a model behind a link; mlx-download cache rm takes the link.",
  ],
  load: () => import("./mv.ts"),
};

/** `mlx-download path <ref>` */
export const path: CommandSpec = {
  name: "path",
  group: "Cache",
  aliases: [],
  usage: "<org/name[@revision]>",
  summary: "print the path of a model in the cache; exit 4 when it is not complete there",
  operands: { min: 1, max: 1 },
  flags: ["revision", "include", "exclude", "preset", "cacheDir"],
  examples: [
    { line: 'mlx_lm.generate --model "$(mlx-download path org/name)"', purpose: "no network" },
  ],
  load: () => import("./path.ts"),
};
