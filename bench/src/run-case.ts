import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Case } from "./cases.ts";
import type { Launcher } from "./measure/launcher.ts";
import { measureTogether, type Measurement } from "./measure/measure.ts";
import type { Job, Peer } from "./peers/peer.ts";
import type { Servers } from "./server/start-servers.ts";

/** One measured download. */
export interface Run extends Measurement {
  readonly wireBytes: number;
}

/** What one peer took in one case. */
export interface PeerRuns {
  readonly peer: string;
  readonly verifies: boolean;
  /** By round; undefined where it did not take part. */
  readonly runs: readonly (Run | undefined)[];
  /** Why there are no runs, or why they ended. */
  readonly missing?: string | undefined;
}

/** What all peers took in one case. */
export interface CaseRuns {
  readonly of: Pick<Case, "name" | "title" | "idealMs">;
  readonly peers: readonly PeerRuns[];
}

/** Where the runs happen and who serves them. */
export interface Bench {
  readonly servers: Servers;
  readonly launcher: Launcher;
  /** Emptied before every run. */
  readonly folder: string;
  readonly say: (line: string) => void;
}

/**
 * Measures every peer once a round, so that the noise of a moment hits all of them; every second round goes the
 * other way around. A peer that fails is left out from then on, and the reason is kept.
 */
export async function runCase(
  what: Case,
  peers: readonly Peer[],
  bench: Bench & { readonly rounds: number },
): Promise<CaseRuns> {
  const { rounds, say } = bench;
  const results = peers
    .filter((peer) => what.takesPart(peer))
    .map((peer) => ({ peer, runs: [] as (Run | undefined)[], missing: peer.missing }));
  say(`\n${what.name}: ${what.title}`);
  for (const { peer, missing } of results) {
    if (missing !== undefined) say(`  ${peer.name}: skipped, ${missing}`);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const result of round % 2 === 0 ? results : results.toReversed()) {
      const { peer } = result;
      if (result.missing !== undefined || (round > 0 && what.once(peer))) continue;
      try {
        const run = await runOnce(what, peer, bench);
        result.runs[round] = run;
        say(
          `  round ${round + 1}/${rounds} ${peer.name}: ${(run.wallMs / 1000).toFixed(2)} s, CPU ${(run.cpuMs / 1000).toFixed(2)} s`,
        );
      } catch (error) {
        result.missing = `failed: ${error instanceof Error ? error.message : String(error)}`;
        say(`  ${peer.name}: ${result.missing}`);
      }
    }
  }
  return {
    of: { name: what.name, title: what.title, idealMs: what.idealMs },
    peers: results.map(({ peer, runs, missing }) => ({
      peer: peer.name,
      verifies: peer.verifies,
      runs,
      missing,
    })),
  };
}

async function runOnce(what: Case, peer: Peer, bench: Bench): Promise<Run> {
  const { servers, launcher, folder } = bench;
  const hub = servers.hubs[what.road];
  if (hub === undefined) throw new Error("there is no TLS server without openssl");
  const { together } = peer;
  const inOne = together !== undefined && what.repos.length > 1;
  const jobs: Job[] = what.repos.map((repo, index) => ({
    hub,
    repo,
    folder: join(folder, inOne ? "0" : String(index), "got"),
    certificatePath: what.road === "tls" ? servers.certificatePath : undefined,
  }));
  try {
    for (const job of jobs) await mkdir(job.folder, { recursive: true });
    if (what.killAt !== undefined) await killedRun(what.killAt, peer, { jobs, bench });
    const before = await servers.bytesSent();
    const sequences = inOne
      ? [await together(jobs, what.args)]
      : await Promise.all(jobs.map((job) => peer.steps(job, what.args)));
    const taken = await measureTogether(sequences, launcher);
    const wireBytes = (await settledBytes(servers)) - before;
    await checkDownloaded(jobs);
    return { ...taken, wireBytes };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function killedRun(
  share: number,
  peer: Peer,
  { jobs, bench }: { jobs: readonly Job[]; bench: Bench },
): Promise<void> {
  const { servers, launcher } = bench;
  const size = jobs.flatMap(({ repo }) => repo.files).reduce((sum, file) => sum + file.size, 0);
  const before = await servers.bytesSent();
  const killWhen = async (): Promise<boolean> =>
    (await servers.bytesSent()) - before >= share * size;
  const sequences = await Promise.all(
    jobs.map(async (job) => (await peer.steps(job)).map((step) => ({ ...step, killWhen }))),
  );
  await measureTogether(sequences, launcher);
}

/** What was sent, once nothing more comes: a server may note the end of an answer after its client has gone. */
async function settledBytes(servers: Servers): Promise<number> {
  for (let last = await servers.bytesSent(); ;) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const now = await servers.bytesSent();
    if (now === last) return now;
    last = now;
  }
}

/** Throws unless there is a file of every size that was served, in the folder of its job. */
async function checkDownloaded(jobs: readonly Job[]): Promise<void> {
  const byFolder = new Map<string, Map<number, number>>();
  for (const { folder, repo } of jobs) {
    const sizes = byFolder.get(folder) ?? (await sizesBelow(folder));
    byFolder.set(folder, sizes);
    for (const { path, size } of repo.files) {
      const left = sizes.get(size) ?? 0;
      if (left === 0) throw new Error(`${path} of ${size} bytes is not there afterwards`);
      sizes.set(size, left - 1);
    }
  }
}

/** How many files of which size lie below a folder. */
async function sizesBelow(folder: string): Promise<Map<number, number>> {
  const sizes = new Map<number, number>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { size } = await stat(join(entry.parentPath, entry.name));
    sizes.set(size, (sizes.get(size) ?? 0) + 1);
  }
  return sizes;
}
