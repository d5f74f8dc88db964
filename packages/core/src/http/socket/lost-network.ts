import { networkInterfaces } from "node:os";

/** Tells a connection that the machine was asleep or left its network. Functions of this machine, but in tests. */
export interface Surroundings {
  /** The wall clock, in ms. Unlike `performance.now()` it goes on while a Mac sleeps. */
  readonly now: () => number;
  /** The addresses that this machine has at present. */
  readonly addresses: () => ReadonlySet<string>;
}

/** A gap of so many ms between two ticks of a connection is a sleep, or the process was stopped. */
const SLEEP_MS = 5_000;

export const surroundings: Surroundings = {
  now: Date.now,
  addresses() {
    try {
      const all = Object.values(networkInterfaces()).flatMap((those) => those ?? []);
      return new Set(all.map(({ address }) => address.replace(/%.*$/u, "")));
    } catch {
      // Sandboxes do not tell.
      return new Set();
    }
  },
};

/** Watches for sleep: `slept()` is asked at every tick, and true at the first one after it. */
export function watchSleep({ now }: Surroundings): { slept(): boolean } {
  let before = now();
  return {
    slept() {
      const at = now();
      const gap = at - before;
      before = at;
      return gap > SLEEP_MS;
    },
  };
}

/** Whether the machine no longer has the address that a socket is bound to: another Wi-Fi, a VPN that ended, no cable. */
export function isGone(address: string | undefined, { addresses }: Surroundings): boolean {
  if (address === undefined) return false;
  const own = address.replace(/^::ffff:/iu, "").replace(/%.*$/u, "");
  // All of 127.0.0.0/8 is this machine, and no interface lists it.
  if (own.startsWith("127.")) return false;
  const here = addresses();
  // Not even loopback: they are not known.
  return here.size > 0 && !here.has(own);
}
