import { BlockList, isIP } from "node:net";
import { ModelDownloadError } from "../contract/errors.ts";
import { isLoopback } from "./loopback.ts";
import { encodeUserInfo } from "./user-info.ts";

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

const SCHEMES = new Set(["http:", "https:", "socks5:", "socks:"]);

/**
 * The proxy that `env` names for `url`, or undefined: `http_proxy` or `https_proxy` by the URL's scheme, else
 * `all_proxy`, unless `no_proxy` (hosts, domains, `host:port`, CIDR blocks, `*`) lists it or it is on this machine.
 * Lower-case names win, an empty value is no value, a proxy without scheme is http. User name and password come back
 * percent-encoded. Throws `settings/invalid` for a
 * proxy that is no http, https or socks5 address.
 */
export function proxyFor(url: URL, env: NodeJS.ProcessEnv): string | undefined {
  const name = url.protocol === "https:" ? "https_proxy" : "http_proxy";
  const proxy = read(env, name) ?? read(env, "all_proxy");
  if (proxy === undefined || isLoopback(url)) return undefined;
  const exceptions = (read(env, "no_proxy") ?? "").toLowerCase().split(/[\s,]+/);
  if (exceptions.some((entry) => entry !== "" && bypasses(url, entry))) return undefined;
  const given = /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
  // With socks5h, too, names are resolved by the proxy: undici never resolves them for a SOCKS proxy.
  const address = encodeUserInfo(given).replace(/^socks5h:/i, "socks5:");
  if (SCHEMES.has(URL.parse(address)?.protocol ?? "")) {
    return address.replace(/^[^:]+/, (scheme) => scheme.toLowerCase());
  }
  throw new ModelDownloadError(
    `The proxy in ${name.toUpperCase()} or ALL_PROXY is no http, https or socks5 address`,
    "settings/invalid",
    {
      hint: "Write it as http://host:port, or unset it.",
      data: { variable: name.toUpperCase() },
    },
  );
}
