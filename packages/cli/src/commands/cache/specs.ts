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

/** `mlx-download path <ref>` */
export const path: CommandSpec = {
  name: "path",
  group: "Cache",
  aliases: [],
  usage: "<org/name[@revision] | ALIAS>",
  summary: "print the path of a model in the cache. Exit 4 when it is not complete there",
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

/** `mlx-download verify` */
export const verify: CommandSpec = {
  name: "verify",
  group: "Cache",
  aliases: ["cache verify"],
  usage: "[org/name[@revision]…]",
  summary:
    "verify the files of models, or of the whole cache, by their checksums. Exit 7 when damaged or missing",
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
