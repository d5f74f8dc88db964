import { transferKeys } from "./transfer-options.ts";
import type { CommandSpec } from "../../command-line/command-spec.ts";
import { usage } from "../../command-line/usage.ts";
import { splitNamedFiles } from "../refs/named-files.ts";

/** `mlx-download <ref…>` */
export const get: CommandSpec = {
  name: "get",
  group: "Download",
  aliases: ["download", "pull"],
  usage: "<org/name[@revision]> [FILE…] | <org/name[@revision] | collection:NAME>…",
  summary: "download models and verify every byte (the default command: the word may be left out)",
  operands: { min: 1, max: Number.POSITIVE_INFINITY },
  flags: [
    "revision",
    "include",
    "exclude",
    "preset",
    "dryRun",
    "yes",
    "force",
    "localDir",
    "cacheDir",
    "endpoint",
    ...transferKeys,
    "backend",
    "offline",
    "requireFit",
    "best",
    "ctx",
    "memory",
    "chip",
    "kvBits",
    "prefillStep",
    "batch",
    "fitPython",
    "trustRemoteCode",
    "trust",
    "tokenStdin",
    "token",
    "events",
  ],
  options: {
    yes: { summary: "remove without asking what cache-limit leaves no room for" },
  },
  examples: [
    {
      line: "mlx-download mlx-community/Llama-3.2-3B-Instruct-4bit",
      purpose: "into the shared cache",
    },
    { line: "mlx-download org/name@v1.0 --dry-run", purpose: "the files here and to fetch" },
    {
      line: "mlx-download get org/name config.json tokenizer.json",
      purpose: "these files alone",
    },
    { line: "mlx-download org/name --preset tokenizer", purpose: "only what a tokenizer needs" },
    { line: "mlx-download org/name --require-fit --ctx 32k", purpose: "only if it will run here" },
    { line: "mlx-download get collection:owner/title-id", purpose: "a collection, plan first" },
    { line: "mlx-download get Qwen/Qwen3-8B --best", purpose: "the variant of it for this Mac" },
    { line: "P=$(mlx-download get org/name -q)", purpose: "the path for a script" },
  ],
  notes: [
    "To resume an interrupted download, run the same command again.",
    "The last line of standard output is the model's path. Everything else goes to standard error.",
  ],
  check({ operands, flags }) {
    const collection = operands.find((word) => /^collection:/i.test(word));
    if (collection !== undefined && (flags.localDir ?? flags.revision) !== undefined)
      throw usage(
        `${collection} is several models`,
        "Leave out --local-dir and --revision, or name one model.",
      );
    const { refs } = splitNamedFiles(operands);
    if (flags.localDir !== undefined && refs.length > 1)
      throw usage(
        "--local-dir takes one model at a time",
        "The files of several models would overwrite each other. Run the command once for each.",
      );
    if (flags.best && collection !== undefined)
      throw usage(
        `--best chooses among the variants of a model, and ${collection} names the models itself`,
        "Leave out --best, or name the models.",
      );
    if (flags.backend === "python" && flags.limitRate !== undefined)
      throw usage(
        "--limit-rate does nothing with the python backend",
        "Leave it out, or add --backend native: the Python client has no limit of its own.",
      );
  },
  load: () => import("./get.ts"),
};
