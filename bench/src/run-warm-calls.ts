import { execFile } from "node:child_process";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { cleanEnv } from "./peers/peer.ts";
import type { ServedRepo } from "./repos.ts";
import type { Bench, CaseRuns, Run } from "./run-case.ts";

interface Taken {
  readonly median: number;
  readonly p99: number;
}

/** Measures, in a process of its own, what it costs to ask the engine adapter for a commit that is here. */
export async function runWarmCalls(
  repo: ServedRepo,
  bench: Bench & { readonly rounds: number; readonly calls: number },
): Promise<CaseRuns> {
  const { servers, folder, rounds, calls, say } = bench;
  const title = `a commit of ${repo.files.length} files that is here, asked for ${calls} times, ms a call`;
  say(`\nE1: ${title}`);
  const names = {
    warmMedian: "loadOrDownloadModel, median",
    warmP99: "loadOrDownloadModel, 99th percentile",
    coldMedian: "findCached, which reads the listing, median",
    coldP99: "findCached, 99th percentile",
  };
  const runs: Record<keyof typeof names, Run[]> = {
    warmMedian: [],
    warmP99: [],
    coldMedian: [],
    coldP99: [],
  };
  const script = fileURLToPath(new URL("warm-calls.ts", import.meta.url));
  const args = ["--conditions=@mlx-download/source", script, `--calls=${calls}`, repo.repoId];
  const job = {
    hub: servers.hubs.plain ?? "",
    repo,
    folder: join(folder, "got"),
    certificatePath: undefined,
  };
  try {
    await mkdir(job.folder, { recursive: true });
    for (let round = 0; round < rounds; round += 1) {
      const env = { ...process.env, ...cleanEnv(job) };
      const { stdout } = await promisify(execFile)(process.execPath, args, { env });
      const { warm, cold } = JSON.parse(stdout) as { readonly warm: Taken; readonly cold: Taken };
      runs.warmMedian.push(took(warm.median));
      runs.warmP99.push(took(warm.p99));
      runs.coldMedian.push(took(cold.median));
      runs.coldP99.push(took(cold.p99));
      say(`  round ${round + 1}/${rounds}: ${JSON.stringify({ warm, cold })}`);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const keys = Object.keys(names) as (keyof typeof names)[];
  return {
    of: { name: "E1", title },
    peers: keys.map((key) => ({ peer: names[key], verifies: false, runs: runs[key] })),
  };
}

function took(wallMs: number): Run {
  return { wallMs, cpuMs: 0, peakTreeBytes: undefined, peakProcessBytes: undefined, wireBytes: 0 };
}
