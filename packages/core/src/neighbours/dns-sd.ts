import { type ChildProcessByStdio, spawn } from "node:child_process";
import { lookup } from "node:dns/promises";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { type Discovery, type Neighbour, PROTOCOL, SERVICE } from "./discovery.ts";
import { isInSubnet, type Network } from "./network.ts";

const TYPE = `_${SERVICE}._tcp`;
const LOOKUP_MS = 5_000;

/**
 * DNS-SD by the program `dns-sd` of macOS, which speaks for the system's own service. Its lines are read as Clients/dns-sd.c
 * of Apple's mDNSResponder prints them.
 */
export function dnsSdDiscovery(env: NodeJS.ProcessEnv): Discovery {
  return {
    async announce({ interface: on }, { name, port }) {
      const words = ["-i", on, "-R", name, TYPE, "local", String(port), `v=${PROTOCOL}`];
      const child = start(words, env);
      return { close: () => end(child) };
    },
    async browse(network, { onFound, onLost }) {
      const child = start(["-i", network.interface, "-B", TYPE, "local"], env);
      const ending = new AbortController();
      createInterface({ input: child.stdout }).on("line", (line) => {
        const heard = parseBrowseLine(line);
        if (heard === undefined) return;
        if (!heard.added) return onLost(heard.name);
        const find = async (): Promise<void> => {
          const found = await locate(heard.name, network, { env, signal: ending.signal });
          if (found !== undefined && !ending.signal.aborted) onFound(found);
        };
        find().catch(() => undefined);
      });
      return {
        async close() {
          ending.abort();
          await end(child);
        },
      };
    },
  };
}

/** A line of `dns-sd -B`: `12:34:56.789  Add  2  4 local.  _mlx-download._tcp.  mini-1a2b3c`. */
export function parseBrowseLine(
  line: string,
): { readonly added: boolean; readonly name: string } | undefined {
  const found =
    /^\s*[\d:.]+\s+(Add|Rmv)\s+[\dA-F]+\s+-?\d+\s+\S+\s+_mlx-download\._tcp\.\s+(\S.*)$/.exec(line);
  const [, change, name] = found ?? [];
  return name === undefined ? undefined : { added: change === "Add", name: name.trim() };
}

/** A line of `dns-sd -L`: `… mini-1a2b3c._mlx-download._tcp.local. can be reached at mini.local.:8091 (interface 4)`. */
export function parseLookupLine(
  line: string,
): { readonly host: string; readonly port: number } | undefined {
  const [, host, port] = / can be reached at (\S+?)\.?:(\d+) \(interface/.exec(line) ?? [];
  return host === undefined ? undefined : { host, port: Number(port) };
}

/** Asks where a service is. The system resolves the name that it answers with. */
async function locate(
  name: string,
  network: Network,
  { env, signal }: { readonly env: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<Neighbour | undefined> {
  const child = start(["-i", network.interface, "-L", name, TYPE, "local"], env);
  const stop = (): void => void child.stdin.end();
  const timer = setTimeout(stop, LOOKUP_MS);
  signal.addEventListener("abort", stop, { once: true });
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const place = parseLookupLine(line);
      if (place === undefined) continue;
      const addresses = await lookup(place.host, { family: 4, all: true });
      const near = addresses.find(({ address }) => isInSubnet(address, network.subnet));
      return near && { name, url: `http://${near.address}:${place.port}` };
    }
    return undefined;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    await end(child);
  }
}

type Listening = ChildProcessByStdio<Writable, Readable, null>;

// Input that ends is how the shell hears that this process is gone, however it went. dns-sd alone would announce on.
const WATCHED = 'dns-sd "$@" & pid=$!; read -r _; kill "$pid" 2>/dev/null';

function start(words: readonly string[], env: NodeJS.ProcessEnv): Listening {
  const child = spawn("sh", ["-c", WATCHED, "sh", ...words], {
    env,
    stdio: ["pipe", "pipe", "ignore"],
  });
  child.on("error", () => undefined);
  child.stdin.on("error", () => undefined);
  return child;
}

async function end(child: Listening): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  child.once("close", () => resolve());
  child.stdin.end();
  await promise;
}
