import { type AskSystem, askSystem } from "./ask-system.ts";
import { isOff } from "./is-off.ts";

/** What the network settings of a Mac say about proxies. */
export interface SystemProxy {
  /** Variables with the same meaning. Empty where the settings name no proxy. */
  readonly variables: Readonly<Record<string, string>>;
  /** A script decides for each address (PAC), which only browsers run. */
  readonly isScript: boolean;
}

/** The variable that leaves the system's proxy alone. */
const SWITCH = "MLX_DOWNLOAD_SYSTEM_PROXY";

const NAMES = ["http_proxy", "https_proxy", "all_proxy"];

/** The first variable of `env` that names a proxy. Where there is one, the system's settings do not count. */
export function proxyVariable(env: NodeJS.ProcessEnv): string | undefined {
  return NAMES.flatMap((name) => [name, name.toUpperCase()]).find((name) => env[name]);
}

/**
 * `env` with the proxy of a Mac's network settings, where no variable names one: as Python's clients do. Elsewhere, or where
 * the settings name none, it is the same. Not verified on a Mac.
 */
export async function withSystemProxy(
  env: NodeJS.ProcessEnv,
  {
    platform = process.platform,
    ask = askSystem,
  }: { readonly platform?: NodeJS.Platform; readonly ask?: AskSystem } = {},
): Promise<NodeJS.ProcessEnv> {
  if (platform !== "darwin" || isOff(env, SWITCH) || proxyVariable(env) !== undefined) return env;
  const { variables } = readSystemProxy(await ask("scutil", ["--proxy"]));
  // What the user lists in no_proxy stays as it is.
  return Object.keys(variables).length === 0 ? env : { ...variables, ...env };
}

/**
 * Reads what `scutil --proxy` writes: a dictionary, a line each (`  HTTPSProxy : proxy.example`), with an array of
 * exceptions (`    0 : *.local`).
 */
export function readSystemProxy(text: string | undefined): SystemProxy {
  const entries = new Map<string, string>();
  const exceptions: string[] = [];
  for (const { groups = {} } of (text ?? "").matchAll(/^\s+(?<key>\w+) : (?<value>\S.*)$/gmu)) {
    const { key = "", value = "" } = groups;
    if (/^\d+$/u.test(key)) exceptions.push(exception(value.trim()));
    else entries.set(key, value.trim());
  }
  const address = (kind: string, scheme: string): string | undefined => {
    const host = entries.get(`${kind}Proxy`);
    if (entries.get(`${kind}Enable`) !== "1" || host === undefined || !isHost(host)) return;
    const port = entries.get(`${kind}Port`);
    const written = host.includes(":") ? `[${host}]` : host;
    return `${scheme}://${written}${port !== undefined && /^\d+$/u.test(port) ? `:${port}` : ""}`;
  };
  const found = {
    http_proxy: address("HTTP", "http"),
    https_proxy: address("HTTPS", "http"),
    all_proxy: address("SOCKS", "socks5"),
  };
  const variables = Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  if (Object.keys(variables).length > 0 && exceptions.length > 0) {
    variables["no_proxy"] = exceptions.join(",");
  }
  return { variables, isScript: entries.get("ProxyAutoConfigEnable") === "1" };
}

/** A name or an address: what else could stand there would become part of a URL. */
function isHost(text: string): boolean {
  return /^[\w.:-]+$/u.test(text);
}

/** An exception as `no_proxy` has it: `.local` for `*.local`, a whole block for `169.254/16`. */
function exception(text: string): string {
  const block = /^(?<net>\d+(?:\.\d+){0,3})\/(?<bits>\d+)$/u.exec(text)?.groups;
  if (block === undefined) return text.replace(/^\*(?=\.)/u, "");
  const parts = (block["net"] ?? "").split(".");
  return `${[...parts, "0", "0", "0"].slice(0, 4).join(".")}/${block["bits"]}`;
}
