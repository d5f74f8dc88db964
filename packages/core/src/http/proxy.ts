import { BlockList, isIP } from "node:net";

/** First variable that is set and not empty, lower case before upper case, as curl and Python's httpx do. */
function read(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name.toLowerCase()]?.trim() || env[name.toUpperCase()]?.trim() || undefined;
}

function inSubnet(host: string, subnet: string): boolean {
  const [address = "", bits = ""] = subnet.split("/", 2);
  const version = isIP(address);
  const prefix = Number(bits);
  if (version === 0 || isIP(host) !== version || bits === "") return false;
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > (version === 4 ? 32 : 128)) return false;
  const family = version === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(address, prefix, family);
  return list.check(host, family);
}

const bare = (host: string): string => host.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");

function bypasses(url: URL, entry: string): boolean {
  if (entry === "*") return true;
  const host = bare(url.hostname.toLowerCase());
  if (entry.includes("/")) return inSubnet(host, entry);
  const withPort = /^(.*[^:]|\[.*\]):(\d+)$/.exec(entry);
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  if (withPort && isIP(entry) === 0 && withPort[2] !== port) return false;
  const name = withPort && isIP(entry) === 0 ? (withPort[1] ?? "") : entry;
  const domain = bare(name.replace(/^\*?\./, ""));
  return domain !== "" && (host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`)));
}

/**
 * The proxy that `env` names for `url`, or undefined: `http_proxy` or `https_proxy` by the URL's scheme, else
 * `all_proxy`, unless `no_proxy` (hosts, domains, `host:port`, CIDR blocks, `*`) lists it. Lower-case names win, an
 * empty value is no value. A proxy without scheme is http.
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): string | undefined {
  const proxy =
    read(env, url.protocol === "https:" ? "https_proxy" : "http_proxy") ?? read(env, "all_proxy");
  if (proxy === undefined) return undefined;
  const exceptions = (read(env, "no_proxy") ?? "").toLowerCase().split(/[\s,]+/);
  if (exceptions.some((entry) => entry !== "" && bypasses(url, entry))) return undefined;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}
