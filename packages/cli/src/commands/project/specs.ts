import { transferKeys } from "../download/transfer-options.ts";
import type { CommandSpec, Invocation } from "../../command-line/command-spec.ts";
import { usage } from "../../command-line/usage.ts";
import type { Flags } from "../../command-line/flags.ts";

/** How the models of a project are brought. */
const bringing: readonly (keyof Flags)[] = [
  "cacheDir",
  "endpoint",
  ...transferKeys,
  "offline",
  "requireFit",
  "trust",
  "tokenStdin",
  "token",
  "events",
];

/** A word with a slash is no alias: it is from the habits of another program, which the hint knows. */
function refuseModels({ command, operands }: Invocation, hint: (model: string) => string): void {
  const model = operands.find((word) => word.includes("/"));
  if (model === undefined) return;
  throw usage(
    `${model} is a model, and mlx-download ${command.name} takes the aliases of a project`,
    hint(model),
  );
}

/** `mlx-download add [alias=]<ref>…` */
export const add: CommandSpec = {
  name: "add",
  group: "Project",
  aliases: [],
  usage: "[ALIAS=]<org/name[@revision]>…",
  summary: "download models and write them into the project's manifest and lock",
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  flags: ["project", "include", "exclude", "preset", "optional", ...bringing],
  examples: [
    { line: "mlx-download add chat=mlx-community/Qwen3-4B-4bit", purpose: "under an alias" },
    { line: "mlx-download add org/name@v1.0", purpose: "under its name, at a tag" },
    {
      line: "mlx-download add tok=org/name --preset tokenizer",
      purpose: "a named set of its files",
    },
    { line: "mlx-download add tok=org/name --include 'token*'", purpose: "some of its files" },
  ],
  notes: [
    "mlx-models.json says which models are wanted, mlx-models.lock the commit, size and digest of every file. Both belong into version control.",
  ],
  load: () => import("./add.ts"),
};

/** `mlx-download remove <alias>…` */
export const remove: CommandSpec = {
  name: "remove",
  group: "Project",
  aliases: [],
  usage: "<ALIAS>…",
  summary: "take models out of the project's manifest and lock. Their files stay",
  operands: { min: 1, max: Number.POSITIVE_INFINITY, what: "an alias", complete: "aliases" },
  flags: ["project", "cacheDir"],
  examples: [{ line: "mlx-download remove chat", purpose: "one model" }],
  check(invocation) {
    refuseModels(
      invocation,
      (model) => `mlx-download cache rm ${model} removes a model from this disk.`,
    );
  },
  load: () => import("./remove.ts"),
};

/** `mlx-download install [alias…]` */
export const install: CommandSpec = {
  name: "install",
  group: "Project",
  aliases: [],
  usage: "[ALIAS…]",
  summary: "bring the project's models as its lock has them, byte for byte",
  operands: { min: 0, max: Number.POSITIVE_INFINITY, complete: "aliases" },
  flags: ["project", "frozen", "dryRun", "outdated", "exitCode", ...bringing],
  examples: [
    { line: "mlx-download install", purpose: "all of them, locking new ones of the manifest" },
    { line: "mlx-download install --frozen", purpose: "for CI: the lock alone, or exit 2" },
    { line: "mlx-download install --dry-run", purpose: "what would be fetched, and nothing else" },
    { line: "mlx-download install --offline", purpose: "from the cache, without a request" },
    { line: "mlx-download install --outdated --exit-code", purpose: "12 when a branch moved" },
  ],
  notes: [
    "A commit in the lock never moves by itself. Where the Hub no longer has it, its files come from the cache, any endpoint that has it, or other files with the same digests.",
    "To resume an interrupted installation, run the same command again.",
  ],
  check(invocation) {
    refuseModels(
      invocation,
      (model) =>
        `mlx-download get ${model} downloads a model, mlx-download add ${model} adds it to a project.`,
    );
    const { flags } = invocation;
    if (flags.outdated && flags.offline)
      throw usage("--outdated asks the Hub, --offline does not", "Leave one of them out.");
    if (flags.dryRun && flags.outdated)
      throw usage("--dry-run and --outdated exclude each other", "Leave out one of them.");
    if (flags.exitCode && !flags.outdated)
      throw usage("--exit-code says whether a branch has moved", "Add --outdated.");
  },
  load: () => import("./install.ts"),
};

/** `mlx-download lock` */
export const lock: CommandSpec = {
  name: "lock",
  group: "Project",
  aliases: [],
  usage: "[--upgrade [ALIAS…]]",
  summary: "make the lock agree with the manifest, without fetching weights. Check or export it",
  operands: { min: 0, max: Number.POSITIVE_INFINITY, complete: "aliases" },
  flags: [
    "project",
    "upgrade",
    "check",
    "format",
    "cacheDir",
    "endpoint",
    "offline",
    "tokenStdin",
    "token",
  ],
  examples: [
    { line: "mlx-download lock", purpose: "after an edit of mlx-models.json" },
    { line: "mlx-download lock --upgrade chat", purpose: "to its branch's commit, then install" },
    { line: "mlx-download lock --check", purpose: "for a commit hook" },
    {
      line: "mlx-download lock --format cyclonedx > models.cdx.json",
      purpose: "a bill of materials",
    },
  ],
  notes: ["Models that are locked already stay at their commits, unless --upgrade is given."],
  check({ operands, flags }) {
    const given = [flags.check, flags.upgrade, flags.format !== undefined].filter(Boolean);
    if (given.length > 1)
      throw usage("--check, --upgrade and --format exclude each other", "Leave out all but one.");
    if (operands.length > 0 && !flags.upgrade)
      throw usage("mlx-download lock takes aliases with --upgrade only", "Add --upgrade.");
  },
  load: () => import("./lock.ts"),
};
