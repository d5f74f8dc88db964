import { execFile } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { CaseRuns, PeerRuns, Run } from "../run-case.ts";
import type { SearchTimes } from "./search-process.ts";
import { syntheticModels, syntheticQueries } from "./synthetic-models.ts";

/** How the search is measured. */
export interface SearchBench {
  /** Removed afterwards. */
  readonly folder: string;
  readonly quick: boolean;
  readonly rounds: number;
  readonly say: (line: string) => void;
}

const PAGE = 500;
const ENGINES = [
  ["registry", "registry"],
  ["scan", "scan of the names in memory"],
  ["miniSearch", "MiniSearch"],
] as const;

/** Measures building and searching a catalogue, each engine in a process of its own; times are of the processor. */
export async function runSearch({ folder, quick, rounds, say }: SearchBench): Promise<CaseRuns> {
  const count = quick ? 1000 : 50_000;
  const asked = quick ? 12 : 240;
  const title = `a catalogue of ${count} models, ${asked} queries in six kinds, ms of the processor`;
  say(`\nR1: ${title}`);
  try {
    await mkdir(folder, { recursive: true });
    const models = syntheticModels(count);
    const pages = Math.ceil(count / PAGE);
    for (let at = 0; at < pages; at += 1) {
      const part = models.slice(at * PAGE, (at + 1) * PAGE);
      await writeFile(join(folder, `page-${at}.json`), JSON.stringify(part));
    }
    const queries = syntheticQueries(models, asked);
    await writeFile(join(folder, "queries.json"), JSON.stringify({ queries, pages }));
    const peers: PeerRuns[] = [];
    for (const [engine, name] of ENGINES) {
      const taken: SearchTimes[] = [];
      for (let round = 0; round < rounds; round += 1) {
        await rm(join(folder, "registry.db"), { force: true });
        taken.push(await measure(engine, folder));
        say(`  round ${round + 1}/${rounds} ${name}: ${JSON.stringify(taken.at(-1))}`);
      }
      peers.push(...rowsOf(name, taken));
    }
    return { of: { name: "R1", title }, peers };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(engine: string, folder: string): Promise<SearchTimes> {
  const script = fileURLToPath(new URL("search-process.ts", import.meta.url));
  const args = ["--conditions=@mlx-download/source", script, engine, folder];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as SearchTimes;
}

function rowsOf(name: string, taken: readonly SearchTimes[]): readonly PeerRuns[] {
  const [first] = taken;
  if (!first) return [];
  const mega = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
  const about = [
    `peak ${mega(first.peakBytes)}`,
    `${(first.right * 100).toFixed(0)} % right`,
    ...(first.storedBytes === undefined ? [] : [`${mega(first.storedBytes)} on disk`]),
  ].join(", ");
  const row = (what: string, value: (times: SearchTimes) => number | undefined): PeerRuns => ({
    peer: `${name}, ${what}`,
    verifies: false,
    runs: taken.flatMap((times) => took(value(times))),
  });
  return [
    row(`median (${about})`, ({ median }) => median),
    row("99th percentile", ({ p99 }) => p99),
    ...(first.cold === undefined ? [] : [row("opened and asked once", ({ cold }) => cold)]),
    row("built", ({ build }) => build),
  ];
}

function took(ms: number | undefined): readonly Run[] {
  if (ms === undefined) return [];
  const unknown = { peakTreeBytes: undefined, peakProcessBytes: undefined };
  return [{ wallMs: ms, cpuMs: ms, ...unknown, wireBytes: 0 }];
}
