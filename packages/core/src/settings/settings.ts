import { cacheLocations } from "@mlx-download/cache";
import { readSeconds, readSwitch, readText } from "./environment.ts";
import { ModelDownloadError } from "../contract/errors.ts";
import { parseRate } from "./parse-rate.ts";
import { encodeUserInfo, userInfo } from "../http/user-info.ts";
import type { XetMode } from "../contract/xet-mode.ts";
import { readXetMode } from "./xet-mode.ts";
import { findToken } from "./token.ts";

/** Everything that the environment and the caller's options decide, read once. Times in ms. */
export interface Settings {
  /** Base of every Hub address: no trailing slash, may have a path (`http://host/mirror`). */
  readonly endpoint: string;
  /** Further endpoints that have the same repos, in order of preference. */
  readonly mirrors: readonly string[];
  /** `user:password` that an endpoint was given with, by endpoint: for its own host alone, and never shown. */
  readonly logins?: ReadonlyMap<string, string> | undefined;
  /** Addresses of machines that may have blobs. */
  readonly peers: readonly string[];
  /** Machines that say that they share are looked for, on the networks that the user has allowed. */
  readonly findPeers: boolean;
  /** The one of all endpoints that the token is for, and that alone gets it. */
  readonly tokenEndpoint: string;
  readonly token: string | undefined;
  /** Where the token came from, in words. */
  readonly tokenSource: string | undefined;
  /** Absolute path of the Hugging Face hub cache. */
  readonly cacheDir: string;
  /** No request may be made. */
  readonly offline: boolean;
  /** False with `HF_HUB_DISABLE_SYMLINKS`: snapshots hold files instead of links. */
  readonly symlinks: boolean;
  /** False with `HF_HUB_DISABLE_PROGRESS_BARS`, undefined when that is unset. */
  readonly progressBars: boolean | undefined;
  /** How long a metadata call may take to answer (`HF_HUB_ETAG_TIMEOUT`, default 10 s). */
  readonly etagTimeoutMs: number;
  /** How long a body may be silent (`HF_HUB_DOWNLOAD_TIMEOUT`, default 10 s). */
  readonly downloadTimeoutMs: number;
  /** `MLX_DOWNLOAD_LIMIT_RATE` in bytes a second. Infinity when unset. */
  readonly limitRate: number;
  /** `off` with `HF_HUB_DISABLE_XET`, else `MLX_DOWNLOAD_XET` (default `auto`). */
  readonly xet: XetMode;
  /** `HF_HUB_USER_AGENT_ORIGIN`, added to the user agent. */
  readonly userAgentOrigin: string | undefined;
  /** Warnings about variables that are set without the expected effect. */
  readonly warnings: readonly string[];
}

/** The caller's choices. An option wins over its variable. */
export interface SettingsOptions {
  /** Default `process.env`. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** One or several, also as a comma-separated list. The first one is asked first. */
  readonly endpoint?: string | readonly string[] | undefined;
  /** False: no token, also with one in the environment. */
  readonly token?: string | false | undefined;
  /** The origin of `token`, in words for messages (`the macOS keychain`). Default `the token option`. */
  readonly tokenSource?: string | undefined;
  readonly cacheDir?: string | undefined;
  /**
   * One or several, also as a comma-separated list. `auto` among them: look for others. `off`: none, also with one in the
   * environment.
   */
  readonly peers?: string | readonly string[] | undefined;
  readonly offline?: boolean | undefined;
}

const DEFAULT_ENDPOINT = "https://huggingface.co";
const STAGING_ENDPOINT = "https://hub-ci.huggingface.co";
// Accounts live there: a token is for these, at any place of a list.
const OFFICIAL: ReadonlySet<string> = new Set([DEFAULT_ENDPOINT, STAGING_ENDPOINT]);

const READ_HERE = [
  "HF_ENDPOINT",
  "HF_TOKEN",
  "HUGGING_FACE_HUB_TOKEN",
  "HF_HUB_ETAG_TIMEOUT",
  "HF_HUB_DOWNLOAD_TIMEOUT",
  "HF_HUB_OFFLINE",
  "TRANSFORMERS_OFFLINE",
  "HF_HUB_DISABLE_XET",
  "MLX_DOWNLOAD_LIMIT_RATE",
  "MLX_DOWNLOAD_PEERS",
  "MLX_DOWNLOAD_XET",
] as const;

/**
 * The settings from options and environment, with the Python client's names and precedence. An empty variable counts as
 * unset. Reads the token file. Throws `settings/invalid`.
 */
export async function readSettings(options: SettingsOptions = {}): Promise<Settings> {
  const env = options.env ?? process.env;
  const locations = cacheLocations(env, { cacheDir: options.cacheDir });
  const warnings = [...locations.warnings];
  for (const name of READ_HERE) {
    if (env[name]?.trim() === "") {
      warnings.push(
        `${name} is set but empty. It counts as unset here. The Python client may differ.`,
      );
    }
  }
  if (readSwitch(env, "HF_HUB_ENABLE_HF_TRANSFER")) {
    warnings.push("HF_HUB_ENABLE_HF_TRANSFER does nothing: downloads are parallel without it.");
  }
  const found = await findToken({
    env,
    token: options.token,
    tokenSource: options.tokenSource,
    tokenFile: locations.tokenFile,
    onWarning: (message) => warnings.push(message),
  });
  const { endpoints, logins } = readEndpoints(env, options.endpoint);
  const [endpoint, ...mirrors] = endpoints;
  const bars = readSwitch(env, "HF_HUB_DISABLE_PROGRESS_BARS");
  return {
    endpoint,
    mirrors,
    ...(logins.size > 0 && { logins }),
    ...readPeers(env, options.peers),
    tokenEndpoint: [endpoint, ...mirrors].find((one) => OFFICIAL.has(one)) ?? endpoint,
    token: found?.token,
    tokenSource: found?.source,
    cacheDir: locations.hubCache,
    offline:
      options.offline ??
      (readSwitch(env, "HF_HUB_OFFLINE") === true ||
        readSwitch(env, "TRANSFORMERS_OFFLINE") === true),
    symlinks: readSwitch(env, "HF_HUB_DISABLE_SYMLINKS") !== true,
    progressBars: bars === undefined ? undefined : !bars,
    etagTimeoutMs: readSeconds(env, "HF_HUB_ETAG_TIMEOUT", 10_000),
    downloadTimeoutMs: readSeconds(env, "HF_HUB_DOWNLOAD_TIMEOUT", 10_000),
    limitRate: parseRate(
      readText(env, "MLX_DOWNLOAD_LIMIT_RATE") ?? "none",
      "MLX_DOWNLOAD_LIMIT_RATE",
    ),
    xet: readXetMode(env),
    userAgentOrigin: readText(env, "HF_HUB_USER_AGENT_ORIGIN"),
    warnings,
  };
}

function readEndpoints(
  env: NodeJS.ProcessEnv,
  option: string | readonly string[] | undefined,
): {
  readonly endpoints: readonly [string, ...string[]];
  readonly logins: ReadonlyMap<string, string>;
} {
  const given = split(option);
  const texts = given.length > 0 ? given : split(readText(env, "HF_ENDPOINT"));
  const source = given.length > 0 ? "The endpoint option" : "HF_ENDPOINT";
  const logins = new Map<string, string>();
  const clean = texts.map((text) => {
    const { endpoint, login } = checkEndpoint(text, source);
    if (login !== undefined) logins.set(endpoint, login);
    return endpoint;
  });
  const [first, ...rest] = new Set(clean);
  if (first !== undefined) return { endpoints: [first, ...rest], logins };
  const staging = readSwitch(env, "HUGGINGFACE_CO_STAGING") === true;
  return { endpoints: [staging ? STAGING_ENDPOINT : DEFAULT_ENDPOINT], logins };
}

/** The addresses of peers. A login in one would be a secret for a machine that needs none. */
function readPeers(
  env: NodeJS.ProcessEnv,
  option: string | readonly string[] | undefined,
): Pick<Settings, "peers" | "findPeers"> {
  const given = split(option);
  const texts = given.length > 0 ? given : split(readText(env, "MLX_DOWNLOAD_PEERS"));
  const source = given.length > 0 ? "The peers option" : "MLX_DOWNLOAD_PEERS";
  if (texts.length === 1 && texts[0] === "off") return { peers: [], findPeers: false };
  const addresses = texts.filter((text) => text !== "auto");
  const peers = addresses.map((text) => {
    const { endpoint, login } = checkEndpoint(text, source);
    if (login === undefined) return endpoint;
    throw refused(source, "holds a login", "Peers take none. Leave out the part before the @.");
  });
  return { peers: [...new Set(peers)], findPeers: addresses.length < texts.length };
}

/** The items of one or several comma-separated lists. No address of a Hub holds a comma. */
function split(lists: string | readonly string[] | undefined): string[] {
  return [lists ?? []]
    .flat()
    .flatMap((list) => list.split(","))
    .map((item) => item.trim())
    .filter((item) => item !== "");
}

function checkEndpoint(
  text: string,
  source: string,
): { readonly endpoint: string; readonly login: string | undefined } {
  const url = URL.parse(encodeUserInfo(text));
  const http = url?.protocol === "http:" || url?.protocol === "https:";
  if (!url || !http) {
    throw refused(
      source,
      "is no http address",
      `Write it with its scheme, e.g. ${DEFAULT_ENDPOINT}.`,
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw refused(
      source,
      "has a query or fragment",
      "Only scheme, host, port and path belong there.",
    );
  }
  const endpoint = `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
  return { endpoint, login: userInfo(url) };
}

function refused(source: string, problem: string, hint: string): ModelDownloadError {
  return new ModelDownloadError(`${source} ${problem}`, "settings/invalid", {
    hint,
    data: { source },
  });
}
