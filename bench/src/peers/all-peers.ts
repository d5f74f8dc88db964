import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { bridgePeer, hfPeers, hubJsPeers, ourPeer } from "./hub-peers.ts";
import { provedBy, type Peer } from "./peer.ts";
import { plainPeers } from "./plain-peers.ts";

/** Every peer, ours first; each says itself why it cannot run here. */
export function allPeers(cli: string): readonly Peer[] {
  const built = existsSync(cli) ? undefined : `${cli} is not there: run pnpm build`;
  const noOpenssl = notInstalled("openssl", "version");
  const [curl, wget, aria, ariaProved] = plainPeers((program) => notInstalled(program)) as [
    Peer,
    Peer,
    Peer,
    Peer,
  ];
  const [hfPath, noHf] = findHf();
  const [hf, hfXet] = hfPeers(hfPath, noHf) as [Peer, Peer];
  const [snapshot, file] = hubJsPeers() as [Peer, Peer];
  return [
    ourPeer(cli, built),
    curl,
    provedBy(curl, "openssl", noOpenssl),
    provedBy(curl, "sha256sum", notInstalled("sha256sum")),
    wget,
    provedBy(wget, "openssl", noOpenssl),
    aria,
    ariaProved,
    hf,
    provedBy(hf, "openssl", noOpenssl),
    hfXet,
    bridgePeer(cli, dirname(hfPath), built ?? noHf),
    snapshot,
    provedBy(snapshot, "openssl", noOpenssl),
    file,
  ];
}

/** Why a program cannot be used; undefined when it can. */
function notInstalled(program: string, flag = "--version"): string | undefined {
  return spawnSync(program, [flag], { stdio: "ignore" }).error === undefined
    ? undefined
    : `${program} is not installed`;
}

/** The `hf` command of the newest Python environment, and why there is none. */
export function findHf(): readonly [path: string, missing: string | undefined] {
  const root = process.env["MLX_DOWNLOAD_PYTHON_ENVS"];
  if (!root) return ["hf", "MLX_DOWNLOAD_PYTHON_ENVS is not set"];
  const path = join(root, "hub-2.4.0", "bin", "hf");
  return [path, existsSync(path) ? undefined : `${path} is not there`];
}
