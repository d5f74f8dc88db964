import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { isInSubnet, type Network } from "./network.ts";

/** An iPhone's Personal Hotspot always gives addresses of this subnet. */
const HOTSPOT = "172.20.10.0/28";

/**
 * Whether the network is known to cost by the byte: an iPhone's hotspot, or one that NetworkManager calls metered. macOS
 * has no command that tells. False where nothing says so.
 */
export async function isMetered({ address, interface: name }: Network): Promise<boolean> {
  if (isInSubnet(address, HOTSPOT)) return true;
  if (process.platform !== "linux") return false;
  const asked = await promisify(execFile)(
    "nmcli",
    ["-t", "-g", "GENERAL.METERED", "device", "show", name],
    { timeout: 2_000 },
  ).catch(() => undefined);
  return /^(?:GENERAL\.METERED:)?yes/m.test(asked?.stdout ?? "");
}
