import type { Flags } from "../command-line/flags.ts";

/** One setting that the configuration file may hold. A variable of the environment wins over it, an option over both. */
export interface SettingSpec {
  /** As it stands in the file and behind `config set`. */
  readonly name: string;
  readonly summary: string;
  /** The variable with the same meaning. The file's value is used while the variable is unset. */
  readonly variable: string;
  /** Other variables for the same value. They also win over the file. */
  readonly others?: readonly string[];
  /** For a variable that names the parent folder: the name of the folder inside it. */
  readonly below?: Readonly<Record<string, string>>;
  /** The option whose default this is, when no library reads the variable itself. */
  readonly flag?: keyof Flags;
  readonly choices?: readonly string[];
  /** The form of the value. Default: `text`. */
  readonly type?: "count" | "bytes" | "tokens" | "switch" | "addresses" | "peers" | "text";
}

/** The table of settings: `config`, the reference and the start of every command are made from it. */
export const settingSpecs: readonly SettingSpec[] = [
  {
    name: "cache-dir",
    summary: "the hub cache",
    variable: "HF_HUB_CACHE",
    others: ["HUGGINGFACE_HUB_CACHE", "HF_HOME"],
    below: { HF_HOME: "hub" },
  },
  {
    name: "endpoint",
    summary: "the Hub or a mirror of it",
    variable: "HF_ENDPOINT",
    type: "addresses",
  },
  {
    name: "offline",
    summary: "make no request",
    variable: "HF_HUB_OFFLINE",
    others: ["TRANSFORMERS_OFFLINE"],
    type: "switch",
  },
  {
    name: "connections",
    summary: "connections at once",
    variable: "MLX_DOWNLOAD_CONNECTIONS",
    flag: "connections",
    type: "count",
  },
  {
    name: "limit-rate",
    summary: "bytes a second at most",
    variable: "MLX_DOWNLOAD_LIMIT_RATE",
    type: "bytes",
  },
  {
    name: "peers",
    summary: "other machines that may have the bytes: addresses, auto, or off",
    variable: "MLX_DOWNLOAD_PEERS",
    type: "peers",
  },
  {
    name: "xet",
    summary: "when to fetch through Xet storage",
    variable: "MLX_DOWNLOAD_XET",
    others: ["HF_HUB_DISABLE_XET"],
    choices: ["auto", "on", "off"],
  },
  {
    name: "backend",
    summary: "the engine that downloads",
    variable: "MLX_DOWNLOAD_BACKEND",
    flag: "backend",
    choices: ["native", "python"],
  },
  {
    name: "preset",
    summary: "which files are downloaded",
    variable: "MLX_DOWNLOAD_PRESET",
    flag: "preset",
    choices: ["all", "mlx", "tokenizer", "config"],
  },
  {
    name: "trust",
    summary: "the repos to accept",
    variable: "MLX_DOWNLOAD_TRUST",
    flag: "trust",
    choices: ["any", "scanned", "data"],
  },
  {
    name: "fit-python",
    summary:
      "whose mlx-lm and MLX answer whether a model loads: auto, off, or the path of a Python",
    variable: "MLX_DOWNLOAD_FIT_PYTHON",
    flag: "fitPython",
  },
  {
    name: "author",
    summary: "whose models are listed",
    variable: "MLX_DOWNLOAD_AUTHOR",
    flag: "author",
  },
  {
    name: "ctx",
    summary: "the context length to compute with",
    variable: "MLX_DOWNLOAD_CTX",
    flag: "ctx",
    type: "tokens",
  },
  {
    name: "plain",
    summary: "progress as lines that stay, for screen readers",
    variable: "MLX_DOWNLOAD_PLAIN",
    type: "switch",
  },
  {
    name: "cache-limit",
    summary: "the largest size of the cache. A download that would exceed it makes room first",
    variable: "MLX_DOWNLOAD_CACHE_LIMIT",
    flag: "maxSize",
    type: "bytes",
  },
  {
    name: "record",
    summary: "note downloads, versions and views in the registry on this disk",
    variable: "MLX_DOWNLOAD_RECORD",
    type: "switch",
  },
  {
    name: "stay-awake",
    summary: "keep a Mac on mains power from sleeping while it downloads",
    variable: "MLX_DOWNLOAD_STAY_AWAKE",
    type: "switch",
  },
  {
    name: "system-proxy",
    summary: "use the proxy of a Mac's network settings where no variable names one",
    variable: "MLX_DOWNLOAD_SYSTEM_PROXY",
    type: "switch",
  },
  {
    name: "token-store",
    summary:
      "where login keeps the token: the file of the Python client, or this system's keychain",
    variable: "MLX_DOWNLOAD_TOKEN_STORE",
    choices: ["file", "keychain"],
  },
];
