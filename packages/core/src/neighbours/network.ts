import { createHash } from "node:crypto";
import { BlockList } from "node:net";
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { type Gateway, readGateways } from "./gateways.ts";

/** A network that this machine is on now, as one of its interfaces sees it. IPv4. */
export interface Network {
  /**
   * The same whenever this machine is on this network again: made of the subnet and of the router's hardware address.
   * Undefined where the router cannot be told apart from others: such a network cannot be allowed.
   */
  readonly id: string | undefined;
  /** `en0`, `eth0` … */
  readonly interface: string;
  /** This machine's own address there. */
  readonly address: string;
  /** `192.168.1.0/24` */
  readonly subnet: string;
  /** The router's hardware address. Undefined without a router, as on a cable between two Macs. */
  readonly router: string | undefined;
  /** Made by software on this machine: a container, a virtual machine, a tunnel. */
  readonly virtual: boolean;
}

const VIRTUAL =
  /^(?:docker|br-|virbr|vmnet|vnic|bridge1\d\d|utun|tun|tap|wg|zt|tailscale|awdl|llw|ap\d|anpi|feth|podman|cni|flannel|lxc)/;

/** The networks that this machine is on now. Loopback is none. */
export async function listNetworks(): Promise<readonly Network[]> {
  const addresses = Object.entries(networkInterfaces()).flatMap(([name, infos = []]) =>
    infos
      .filter((info) => info.family === "IPv4" && !info.internal)
      .map((info) => ({ name, info })),
  );
  if (addresses.length === 0) return [];
  const gateways = await readGateways();
  return addresses.map(({ name, info }) => network(name, info, gateways.get(name)));
}

function network(name: string, info: NetworkInterfaceInfo, gateway: Gateway | undefined): Network {
  const subnet = subnetOf(info);
  const router = gateway?.mac;
  // A router whose address is not known may be any router. Without one the interface tells networks apart.
  const known = gateway === undefined ? `no router on ${name}` : router;
  return {
    id: known === undefined ? undefined : networkId(`${known} ${subnet}`),
    interface: name,
    address: info.address,
    subnet,
    router,
    virtual: VIRTUAL.test(name),
  };
}

function networkId(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

function subnetOf({ address, netmask }: NetworkInterfaceInfo): string {
  const octets = address.split(".").map(Number);
  const mask = netmask.split(".").map(Number);
  const base = octets.map((octet, index) => octet & (mask[index] ?? 0));
  const bits = mask.reduce((sum, octet) => sum + octet.toString(2).replaceAll("0", "").length, 0);
  return `${base.join(".")}/${bits}`;
}

/** Whether an IPv4 address, also one that is written as IPv6, lies in a subnet such as `192.168.1.0/24`. */
export function isInSubnet(address: string, subnet: string): boolean {
  const [base = "", bits = "32"] = subnet.split("/");
  const list = new BlockList();
  list.addSubnet(base, Number(bits));
  return list.check(address.replace(/^::ffff:/i, ""));
}
