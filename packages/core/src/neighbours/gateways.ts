import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

/** The router of an interface. */
export interface Gateway {
  readonly address: string;
  /** Its hardware address in lower case. Undefined while it has not answered. */
  readonly mac: string | undefined;
}

const TRIES = 3;
const TRY_MS = 100;

/** The routers of this machine by interface: of the routing table and the table of neighbouring hardware addresses. */
export async function readGateways(
  platform: NodeJS.Platform = process.platform,
): Promise<ReadonlyMap<string, Gateway>> {
  const read = platform === "darwin" ? readOnMac : platform === "linux" ? readOnLinux : undefined;
  if (read === undefined) return new Map();
  for (let left = TRIES; ; left -= 1) {
    const found = await read();
    const silent = [...found.values()].filter(({ mac }) => mac === undefined);
    if (silent.length === 0 || left === 0) return found;
    await Promise.all(silent.map(({ address }) => nudge(address)));
    await sleep(TRY_MS);
  }
}

/** Sends one byte, so that the system learns the hardware address. */
async function nudge(address: string): Promise<void> {
  const socket = createSocket("udp4");
  socket.on("error", () => undefined);
  await new Promise<void>((resolve) => socket.send(Buffer.alloc(1), 9, address, () => resolve()));
  socket.close();
}

async function readOnLinux(): Promise<ReadonlyMap<string, Gateway>> {
  const text = (path: string): Promise<string> => readFile(path, "utf8").catch(() => "");
  const [routes, arp] = await Promise.all([text("/proc/net/route"), text("/proc/net/arp")]);
  return linuxGateways(routes, arp);
}

/** Reads `/proc/net/route` and `/proc/net/arp`. */
export function linuxGateways(routes: string, arp: string): ReadonlyMap<string, Gateway> {
  const macs = new Map<string, string>();
  for (const line of arp.split("\n").slice(1)) {
    const [address = "", , , mac = "", , device = ""] = line.trim().split(/\s+/);
    if (isMac(mac)) macs.set(`${device} ${address}`, mac.toLowerCase());
  }
  const found = new Map<string, Gateway>();
  for (const line of routes.split("\n").slice(1)) {
    const [device = "", destination, gateway = "", , , , , mask] = line.trim().split(/\s+/);
    if (destination !== "00000000" || mask !== "00000000" || found.has(device)) continue;
    const octets = gateway.match(/../g)?.toReversed() ?? [];
    const address = octets.map((octet) => Number.parseInt(octet, 16)).join(".");
    // A route without a router goes straight to the wire.
    if (address !== "0.0.0.0")
      found.set(device, { address, mac: macs.get(`${device} ${address}`) });
  }
  return found;
}

async function readOnMac(): Promise<ReadonlyMap<string, Gateway>> {
  const say = async (program: string, args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(program, args, { timeout: 3_000 }).catch(() => undefined))?.stdout ??
    "";
  const [routes, arp] = await Promise.all([
    say("netstat", ["-rn", "-f", "inet"]),
    say("arp", ["-an"]),
  ]);
  return macGateways(routes, arp);
}

/** Reads the output of `netstat -rn -f inet` and `arp -an` on a Mac. */
export function macGateways(routes: string, arp: string): ReadonlyMap<string, Gateway> {
  const macs = new Map<string, string>();
  for (const [, address, mac = "", device] of arp.matchAll(
    /\((\d+(?:\.\d+){3})\) at ([\da-f:]+) on (\S+)/gi,
  )) {
    const full = mac
      .split(":")
      .map((part) => part.padStart(2, "0"))
      .join(":");
    if (isMac(full)) macs.set(`${device} ${address}`, full.toLowerCase());
  }
  const found = new Map<string, Gateway>();
  for (const [, address = "", device = ""] of routes.matchAll(
    /^default\s+(\d+(?:\.\d+){3})\s+\S+\s+(\S+)/gm,
  )) {
    if (!found.has(device)) found.set(device, { address, mac: macs.get(`${device} ${address}`) });
  }
  return found;
}

function isMac(text: string): boolean {
  return /^(?:[\da-f]{2}:){5}[\da-f]{2}$/i.test(text) && !/^(?:00:){5}00$/.test(text);
}
