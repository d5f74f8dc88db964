import type { FlagSpec } from "./flag-spec.ts";
import type { Flags } from "./flag-values.ts";

export type { Flags } from "./flag-values.ts";

/** The options by their key; the order within a command is the command's. */
export const flagSpecs: Readonly<Record<keyof Flags, FlagSpec>> = {
  revision: {
    name: "revision",
    type: "text",
    value: "REV",
    summary: "branch, tag or commit; the same as @REV behind the name (default main)",
  },
  include: {
    name: "include",
    type: "list",
    value: "GLOB",
    aliases: ["allow-patterns"],
    summary: "only files that match; may be given several times (* crosses folders)",
  },
  exclude: {
    name: "exclude",
    type: "list",
    value: "GLOB",
    aliases: ["ignore-patterns"],
    summary: "no files that match; may be given several times",
  },
  preset: {
    name: "preset",
    type: "text",
    value: "NAME",
    choices: ["all", "mlx", "tokenizer", "config"],
    summary: "a named choice of files: all, mlx, tokenizer, config",
  },
  localDir: {
    name: "local-dir",
    type: "text",
    value: "DIR",
    summary: "plain files into this folder instead of the cache",
  },
  cacheDir: {
    name: "cache-dir",
    type: "text",
    value: "DIR",
    summary: "the hub cache (default HF_HUB_CACHE, HF_HOME/hub, ~/.cache/huggingface/hub)",
  },
  force: { name: "force", type: "switch", summary: "fetch (verify: read) everything anew" },
  endpoint: {
    name: "endpoint",
    type: "list",
    value: "URL",
    summary:
      "the Hub or a mirror of it; several times: all of them (default HF_ENDPOINT, https://huggingface.co)",
  },
  connections: {
    name: "connections",
    type: "count",
    value: "N",
    summary: "connections at once, 1 to 64 (default 8)",
  },
  limitRate: {
    name: "limit-rate",
    type: "bytes",
    value: "RATE",
    summary: "bytes a second at most, over all connections and models: 5M, 500k (default none)",
  },
  backend: {
    name: "backend",
    type: "text",
    value: "NAME",
    choices: ["native", "python"],
    summary:
      "what speaks to the Hub and fetches: native (default), or python, the Hub's Python client (finds it by PYTHON_PATH, the active environment, the PATH)",
  },
  offline: {
    name: "offline",
    type: "switch",
    summary: "make no request, use what the cache has (also HF_HUB_OFFLINE=1)",
  },
  token: {
    name: "token",
    type: "text",
    value: "TOKEN",
    summary: "Hub token; visible to other users of this machine, prefer --token-stdin or HF_TOKEN",
  },
  tokenStdin: {
    name: "token-stdin",
    type: "switch",
    summary: "read the Hub token from standard input",
  },
  dryRun: {
    name: "dry-run",
    type: "switch",
    summary: "say what would be done, and change nothing",
  },
  filter: {
    name: "filter",
    type: "text",
    value: "TEXT",
    aliases: ["search"],
    summary: "only models whose name contains TEXT; the Hub searches",
  },
  author: {
    name: "author",
    type: "text",
    value: "NAME",
    summary: "models of this user or organization (default mlx-community)",
  },
  all: { name: "all", type: "switch", summary: "MLX models of every author" },
  limit: { name: "limit", type: "count", value: "N", summary: "at most N models (default 50)" },
  sort: {
    name: "sort",
    type: "text",
    value: "KEY",
    choices: ["downloads", "likes", "created", "modified", "trending"],
    summary: "downloads (default), likes, created, modified or trending; highest or newest first",
  },
  ctx: {
    name: "ctx",
    type: "text",
    value: "TOKENS",
    aliases: ["context"],
    summary: "context length to reckon with, such as 32768 or 32k (default 8k, or the model's own)",
  },
  memory: {
    name: "memory",
    type: "text",
    value: "SIZE",
    summary: "imagine a Mac with so much memory, such as 64G",
  },
  chip: {
    name: "chip",
    type: "text",
    value: "CHIP",
    summary: "imagine another chip, such as m4-max",
  },
  kvBits: {
    name: "kv-bits",
    type: "count",
    value: "N",
    summary: "keys and values quantized to N bits, as mlx-lm's --kv-bits",
  },
  batch: { name: "batch", type: "count", value: "N", summary: "sequences at once (default 1)" },
  fitPython: {
    name: "fit-python",
    type: "text",
    value: "PYTHON",
    summary:
      "answer by the mlx-lm and MLX installed in this Python: its path, or auto to find it; about a second (default off: a built-in table)",
  },
  task: {
    name: "task",
    type: "text",
    value: "TASK",
    choices: ["chat", "code", "vision", "embedding", "draft"],
    summary: "what the model is for: chat (default), code, vision, embedding, draft",
  },
  minSpeed: {
    name: "min-speed",
    type: "count",
    value: "N",
    summary: "tokens a second that are wished for",
  },
  fits: {
    name: "fits",
    type: "switch",
    summary:
      "only models that fit this machine (or the imagined one), by an estimate from name and counts",
  },
  quant: {
    name: "quant",
    type: "text",
    value: "Q",
    summary: "only models quantized so, by their names: 4bit, 8bit, bf16, mxfp4, dwq …",
  },
  requireFit: {
    name: "require-fit",
    type: "switch",
    summary: "fetch only what fits this machine (or the imagined one) and loads; exit 8 otherwise",
  },
  trust: {
    name: "trust",
    type: "text",
    value: "POLICY",
    choices: ["any", "scanned", "data"],
    summary:
      "what a repo is trusted with: any (default), scanned (nothing that the Hub's scanners condemn), data (nothing that could run code); exit 10 otherwise",
  },
  list: { name: "list", type: "switch", summary: "list the models in the cache (default)" },
  clearModel: {
    name: "clear-model",
    type: "text",
    value: "ID",
    summary: "delete one model from the cache, all its revisions",
  },
  clear: {
    name: "clear",
    type: "switch",
    summary: "delete all MLX models from the cache; other models, datasets and spaces stay",
  },
  repoType: {
    name: "type",
    type: "text",
    value: "TYPE",
    choices: ["model", "dataset", "space", "kernel"],
    summary: "what kind of repo is named: model (default), dataset, space, kernel",
  },
  where: {
    name: "where",
    type: "list",
    value: "CONDITION",
    summary:
      "only revisions for which it holds; several must all hold: size>10GB, accessed>30d, modified<2w, type=model, refs=none, name=org/*, mlx=true",
  },
  keepNewest: {
    name: "keep-newest",
    type: "count",
    value: "N",
    summary: "the N newest revisions of every repo stay",
  },
  maxSize: {
    name: "max-size",
    type: "bytes",
    value: "SIZE",
    summary: "what the cache may take on the disk: 200GB, 1.5T",
  },
  grace: {
    name: "grace",
    type: "text",
    value: "AGE",
    summary:
      "how long unfinished data and temporary files stay after the last write (default 7d, 1d for what cannot be continued)",
  },
  quick: {
    name: "quick",
    type: "switch",
    summary: "lengths and safetensors headers only; no weights are read",
  },
  hub: {
    name: "hub",
    type: "switch",
    summary: "ask the Hub what the files should be, instead of what was recorded",
  },
  threads: {
    name: "threads",
    type: "count",
    value: "N",
    summary: "threads that read and hash (default: one a core)",
  },
  to: {
    name: "to",
    type: "text",
    value: "PLACE",
    summary:
      "the folder (of other programs, of another disk), or for an archive FILE.tar or - for standard output",
  },
  layout: {
    name: "layout",
    type: "text",
    value: "NAME",
    choices: ["org/name", "lmstudio", "flat"],
    summary: "how the program lays out its models: org/name (default), lmstudio, flat",
  },
  remove: {
    name: "remove",
    type: "switch",
    summary: "take the view away; the cache keeps the model",
  },
  yes: { name: "yes", type: "switch", aliases: ["y"], summary: "delete without asking" },
  keychain: {
    name: "keychain",
    type: "switch",
    summary: "keep the token in this system's keychain, and look there from now on",
  },
  origin: { name: "origin", type: "switch", summary: "say where each setting comes from" },
  quiet: {
    name: "quiet",
    type: "switch",
    aliases: ["q"],
    summary: "no progress, no hints: only the data and errors",
  },
  json: { name: "json", type: "switch", summary: "one JSON value on standard output" },
  events: {
    name: "events",
    type: "switch",
    summary: "every event as a line of JSON on standard output; the last is result or error",
  },
  agent: {
    name: "agent",
    type: "switch",
    summary:
      "for programs: JSON (or --events) and nothing else, no questions, no colour; also MLX_DOWNLOAD_AGENT=1",
  },
  debug: {
    name: "debug",
    type: "switch",
    summary: "after an error: its code, request id and causes (secrets are masked)",
  },
  help: { name: "help", type: "switch", aliases: ["h"], summary: "show help" },
  version: { name: "version", type: "switch", aliases: ["V"], summary: "show the version" },
};
