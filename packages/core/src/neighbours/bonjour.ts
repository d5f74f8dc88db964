import type { EventEmitter } from "node:events";
import { type Discovery, PROTOCOL, SERVICE } from "./discovery.ts";
import { isInSubnet, type Network } from "./network.ts";

// A query can be lost, and an interface that comes back has heard none of the earlier ones.
const ASK_AGAIN_MS: readonly number[] = [250, 1_000, 3_000];
const KEEP_ASKING_MS = 5_000;

type Responder = InstanceType<(typeof import("bonjour-service"))["Bonjour"]>;

/** DNS-SD by bonjour-service, one responder for each network: docs/decisions/neighbours.md says why so. */
export function bonjourDiscovery(): Discovery {
  return {
    async announce(network, { name, port }) {
      const responder = await openResponder(network);
      responder.publish({
        name,
        port,
        type: SERVICE,
        host: `${name}.local`,
        txt: { v: PROTOCOL },
        disableIPv6: true,
        // The name ends at random, so that a second of it need not be looked for.
        probe: false,
      });
      return {
        async close() {
          // With a goodbye, by which others forget this machine at once.
          const { promise, resolve } = Promise.withResolvers<void>();
          responder.unpublishAll(() => resolve());
          await promise;
          await destroy(responder);
        },
      };
    },
    async browse(network, { onFound, onLost }) {
      const responder = await openResponder(network);
      const browser = responder.find({ type: SERVICE });
      browser.on("up", ({ name, port, referer, txt }) => {
        // All sockets of a machine hear all groups that any of them has joined, also from another network.
        const from = referer?.address;
        const speaks = (txt as { v?: unknown } | undefined)?.v === PROTOCOL;
        if (from === undefined || !speaks || !isInSubnet(from, network.subnet)) return;
        onFound({ name, url: `http://${from}:${port}` });
      });
      browser.on("down", ({ name }) => onLost(name));
      const timers = ASK_AGAIN_MS.map((ms) => setTimeout(() => browser.update(), ms).unref());
      const asking = setInterval(() => browser.update(), KEEP_ASKING_MS).unref();
      return {
        async close() {
          clearInterval(asking);
          for (const timer of timers) clearTimeout(timer);
          browser.stop();
          await destroy(responder);
        },
      };
    },
  };
}

async function openResponder({ address }: Network): Promise<Responder> {
  const { Bonjour } = await import("bonjour-service");
  // `interface` alone binds to the address, where multicast does not arrive. Without it there must be a default route.
  const options: object = { interface: address, bind: "0.0.0.0" };
  const responder = new Bonjour(options, () => undefined);
  // Its types keep the socket to themselves. A port that is taken would end the process without a listener.
  const { server } = responder as unknown as { readonly server: { readonly mdns: EventEmitter } };
  server.mdns.on("error", () => undefined);
  return responder;
}

function destroy(responder: Responder): Promise<void> {
  return new Promise((resolve) => responder.destroy(() => resolve()));
}
