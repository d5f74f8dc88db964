import type { Flags } from "./flags.ts";

/** The commands by their first name. */
export type CommandName = "get" | "list" | "cache" | "path";

/** An invocation worth imitating. */
export interface Example {
  readonly line: string;
  readonly purpose: string;
}

/** One command as the parser, the help and the suggestions know it. */
export interface CommandSpec {
  readonly aliases: readonly string[];
  /** What follows the command's name. */
  readonly usage: string;
  readonly summary: string;
  readonly flags: readonly (keyof Flags)[];
  /** How many words may follow the name. */
  readonly operands: { readonly min: number; readonly max: number };
  readonly examples: readonly Example[];
  /** A closing paragraph for the help. */
  readonly notes?: readonly string[];
}

/** Options that every command takes. */
export const commonFlags: readonly (keyof Flags)[] = ["quiet", "json", "debug", "help"];

/** The command table: parser, help and suggestions are made from it. */
export const commandSpecs: Readonly<Record<CommandName, CommandSpec>> = {
  get: {
    aliases: ["download"],
    usage: "<org/name[@revision]>…",
    summary: "download models and prove every byte; the default, so the word may be left out",
    operands: { min: 1, max: Number.POSITIVE_INFINITY },
    flags: [
      "revision",
      "include",
      "exclude",
      "preset",
      "dryRun",
      "force",
      "localDir",
      "cacheDir",
      "endpoint",
      "connections",
      "offline",
      "tokenStdin",
      "token",
      "events",
    ],
    examples: [
      {
        line: "mlx-download mlx-community/Llama-3.2-3B-Instruct-4bit",
        purpose: "into the shared cache",
      },
      { line: "mlx-download org/name@v1.0 --dry-run", purpose: "what is here, what would come" },
      { line: "mlx-download org/name --preset tokenizer", purpose: "only what a tokenizer needs" },
      { line: "P=$(mlx-download get org/name -q)", purpose: "the path for a script" },
    ],
    notes: [
      "An interrupted download goes on where it stopped: run the same command again.",
      "The last line of standard output is the model's path; everything else goes to standard error.",
    ],
  },
  list: {
    aliases: [],
    usage: "",
    summary: "list MLX models on the Hub",
    operands: { min: 0, max: 0 },
    flags: ["filter", "author", "all", "limit", "sort", "endpoint", "tokenStdin", "token"],
    examples: [
      { line: "mlx-download list --filter qwen3 --limit 10", purpose: "the ten most downloaded" },
      { line: "mlx-download list --all --sort created", purpose: "the newest of every author" },
      { line: "mlx-download list --json | jq -r '.[].repo_id'", purpose: "for a script" },
    ],
  },
  cache: {
    aliases: [],
    usage: "",
    summary: "list the models in the cache, or delete some",
    operands: { min: 0, max: 0 },
    flags: ["list", "clearModel", "clear", "yes", "cacheDir"],
    examples: [
      { line: "mlx-download cache --list", purpose: "what is here and how large it is" },
      { line: "mlx-download cache --clear-model org/name", purpose: "asks, then deletes" },
    ],
    notes: [
      "The cache is shared with other tools (hf, mlx-lm, LM Studio …): what is deleted here is gone for them too.",
    ],
  },
  path: {
    aliases: [],
    usage: "<org/name[@revision]>",
    summary: "print the path of a model in the cache; exit 4 when it is not complete there",
    operands: { min: 1, max: 1 },
    flags: ["revision", "include", "exclude", "preset", "cacheDir"],
    examples: [
      { line: 'mlx_lm.generate --model "$(mlx-download path org/name)"', purpose: "no network" },
    ],
  },
};

/** Every command name and alias with the command it stands for. */
export function commandWords(): ReadonlyMap<string, CommandName> {
  const words = new Map<string, CommandName>();
  for (const [name, spec] of Object.entries(commandSpecs) as [CommandName, CommandSpec][]) {
    for (const word of [name, ...spec.aliases]) words.set(word, name);
  }
  return words;
}
