import type { CaseName } from "./options.ts";
import type { Peer } from "./peers/peer.ts";
import type { Repos, ServedRepo } from "./repos.ts";
import type { Pace } from "./server/paced-listener.ts";
import type { PacedRoad, Road } from "./server/protocol.ts";

/** A download that all peers do. */
export interface Case {
  readonly name: CaseName;
  readonly title: string;
  readonly road: Road;
  /** Downloaded at once: by one process where a peer can, else by a process each. */
  readonly repos: readonly ServedRepo[];
  readonly rounds: number;
  /** Killed when the server has sent this share; the second run is measured. */
  readonly killAt?: number;
  /** Whether a peer takes part. */
  takesPart(peer: Peer): boolean;
  /** Whether a peer is measured in the first round only, since what slows it is the rate, and for long. */
  once(peer: Peer): boolean;
  /** What no client of eight connections can beat, or what a limit asks for, in ms. */
  readonly idealMs?: number | undefined;
  /** Further words of our command line. */
  readonly args?: readonly string[] | undefined;
}

const MEBIBYTE = 1024 * 1024;

/** How the slow servers are slow. */
export const paces: Readonly<Record<PacedRoad, Pace>> = {
  slow: { bytesPerSecond: 40 * MEBIBYTE, latencyMs: 50 },
  resume: { bytesPerSecond: 200 * MEBIBYTE, latencyMs: 0 },
  stalling: { bytesPerSecond: 40 * MEBIBYTE, latencyMs: 50, thirdBytesPerSecond: 0 },
  crawling: { bytesPerSecond: 40 * MEBIBYTE, latencyMs: 50, thirdBytesPerSecond: 10_000 },
};

/** The same command, but Python fetches: it takes part in its own cases only. */
const isBridge = (peer: Peer): boolean => peer.name.startsWith("mlx-download --backend");

/** The downloads, over these repos; `start-up` is not a download. */
export function downloadCases(repos: Repos, quick: boolean): readonly Case[] {
  const all = (peer: Peer): boolean => !isBridge(peer);
  const none = (): boolean => false;
  const notOneByOne = (peer: Peer): boolean =>
    all(peer) && !peer.name.endsWith("downloadFileToCacheDir");
  const bare = (peer: Peer): boolean =>
    notOneByOne(peer) && (peer.name === "mlx-download" || !peer.verifies);
  const size = repos.one.files.reduce((sum, file) => sum + file.size, 0);
  const sizeOfFive = repos.five
    .flatMap(({ files }) => files)
    .reduce((sum, file) => sum + file.size, 0);
  const ours = (peer: Peer): boolean => peer.name === "mlx-download";
  const limitedSeconds = quick ? 1 : 30;
  const limit = (bytes: number) => ({
    rounds: 1,
    takesPart: ours,
    once: none,
    idealMs: limitedSeconds * 1000,
    args: ["--limit-rate", String(Math.round(bytes / limitedSeconds))],
  });
  const idealMs = (size / (8 * paces.slow.bytesPerSecond)) * 1000;
  const long = quick ? "" : " of 1 GiB";
  const cases: readonly Case[] = [
    {
      name: "P1",
      title: `one LFS file${long}, as fast as it goes`,
      road: "plain",
      repos: [repos.one],
      rounds: 3,
      takesPart: all,
      once: none,
    },
    {
      name: "P1-TLS",
      title: `one LFS file${long}, as fast as it goes, the bytes over TLS 1.3`,
      road: "tls",
      repos: [repos.one],
      rounds: 3,
      takesPart: all,
      once: none,
    },
    {
      name: "P2",
      title: `one LFS file${long} at 40 MiB/s a connection, 50 ms before every answer`,
      road: "slow",
      repos: [repos.one],
      rounds: 2,
      takesPart: (peer) => bare(peer) && peer.name !== "wget",
      once: (peer) => peer.single,
      idealMs,
    },
    {
      name: "P3",
      title: "sixty files of 1 to 36 KB, 50 ms before every answer",
      road: "slow",
      repos: [repos.small],
      rounds: 3,
      takesPart: bare,
      once: (peer) => peer.name.startsWith("@huggingface/hub"),
    },
    {
      name: "P4",
      title: quick ? "eight LFS files" : "eight LFS files of 256 MiB, as fast as it goes",
      road: "plain",
      repos: [repos.shards],
      rounds: 2,
      takesPart: notOneByOne,
      once: none,
    },
    {
      name: "P5",
      title: `one LFS file${long} at 200 MiB/s a connection, killed when 95 % were sent: the second run`,
      road: "resume",
      repos: [repos.one],
      rounds: 2,
      killAt: 0.95,
      takesPart: bare,
      once: (peer) => !peer.resumes,
    },
    {
      name: "P6",
      title: quick
        ? "five repos at once"
        : "five repos of 256 MiB at once; ours in one process, the others a process each",
      road: "plain",
      repos: repos.five,
      rounds: 2,
      takesPart: notOneByOne,
      once: none,
    },
    {
      name: "L1",
      title: `one LFS file, limited so that it takes ${limitedSeconds} s`,
      road: "slow",
      repos: [repos.one],
      ...limit(size),
    },
    {
      name: "L2",
      title: `five repos in one process, limited so that they take ${limitedSeconds} s`,
      road: "plain",
      repos: repos.five,
      ...limit(sizeOfFive),
    },
    {
      name: "S1",
      title: "P2, but the third connection sends nothing more after its first MiB",
      road: "stalling",
      repos: [repos.one],
      rounds: 2,
      takesPart: (peer) => ours(peer) || peer.name === "aria2c -x8",
      once: none,
      idealMs,
    },
    {
      name: "S2",
      title: "P2, but the third connection sends 10 KB/s after its first MiB",
      road: "crawling",
      repos: [repos.one],
      rounds: 2,
      takesPart: (peer) => ours(peer) || peer.name === "aria2c -x8",
      once: none,
      idealMs,
    },
    {
      name: "B1",
      title: `one LFS file${long} through the Python bridge, as fast as it goes`,
      road: "plain",
      repos: [repos.one],
      rounds: 3,
      takesPart: (peer) => ours(peer) || isBridge(peer) || peer.name.startsWith("hf download"),
      once: none,
    },
    {
      name: "B2",
      title: "sixty files of 1 to 36 KB through the Python bridge, 50 ms before every answer",
      road: "slow",
      repos: [repos.small],
      rounds: 3,
      takesPart: (peer) => ours(peer) || isBridge(peer) || peer.name.startsWith("hf download"),
      once: none,
    },
  ];
  return quick ? cases.map((one) => ({ ...one, rounds: 1 })) : cases;
}
