import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compareWays, measured, told, type WaysBench } from "../compare-ways.ts";
import type { CaseName } from "../options.ts";
import type { CaseRuns, Run } from "../run-case.ts";
import { writeLargeRepo, writeSmallCache } from "./write-cache.ts";

/** What the cases of the cache need; nothing is served. */
export interface CacheBench extends WaysBench {
  readonly cli: string;
  /** Python's `hf`, where it is installed. */
  readonly hf: string | undefined;
  /** Removed afterwards. */
  readonly folder: string;
}

/** The names of the cases that {@link runCacheCase} knows. */
export const cacheCases: ReadonlySet<CaseName> = new Set(["C1", "C2"]);

/** Measures what is done with a cache that is there: scanning it, proving it. */
export async function runCacheCase(name: CaseName, bench: CacheBench): Promise<CaseRuns> {
  const cacheDir = join(bench.folder, "hub");
  try {
    await mkdir(cacheDir, { recursive: true });
    if (name === "C1") return await scan(cacheDir, bench);
    return await verify(cacheDir, bench);
  } finally {
    await rm(bench.folder, { recursive: true, force: true });
  }
}

async function scan(cacheDir: string, bench: CacheBench): Promise<CaseRuns> {
  const [repos, files] = bench.quick ? [20, 5] : [1000, 40];
  const title = `list a cache of ${repos} repos of ${files} files`;
  bench.say(`\nC1: ${title}`);
  writeSmallCache(cacheDir, repos, files);
  const env = envOf(cacheDir);
  const program = (argv: readonly string[]) => (): Promise<Run> => measured({ argv, env }, bench);
  const script = fileURLToPath(new URL("cache-scan.ts", import.meta.url));
  return await compareWays({ name: "C1", title }, bench, [
    ["mlx-download scanCache, without the start of Node", () => told([script, cacheDir])],
    ["hf cache ls", bench.hf && program([bench.hf, "cache", "ls"])],
    ["the command cache ls", program([process.execPath, bench.cli, "cache", "ls"])],
  ]);
}

async function verify(cacheDir: string, bench: CacheBench): Promise<CaseRuns> {
  const [files, size] = bench.quick ? [4, 1 << 20] : [8, 256 << 20];
  const title = `prove ${files} blobs of ${size >> 20} MiB against their digests`;
  bench.say(`\nC2: ${title}`);
  writeLargeRepo(cacheDir, files, size);
  const env = envOf(cacheDir);
  const scriptOf = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
  const program = (argv: readonly string[]) => (): Promise<Run> => measured({ argv, env }, bench);
  const blobs = `${cacheDir}/models--bench--large/blobs`;
  const bytes = String(files * size);
  return await compareWays({ name: "C2", title }, bench, [
    [
      "mlx-download verifyCache, without the start of Node",
      () => told([scriptOf("cache-verify.ts"), cacheDir]),
    ],
    ["sha256 of as much memory, every core", () => told([scriptOf("sha256-limit.ts"), bytes])],
    ["the command verify", program([process.execPath, bench.cli, "verify"])],
    ["sha256sum", program(["sh", "-c", 'sha256sum "$1"/*', "sh", blobs])],
  ]);
}

function envOf(cacheDir: string): Record<string, string> {
  return {
    HF_HUB_CACHE: cacheDir,
    HF_HUB_OFFLINE: "1",
    HF_HUB_DISABLE_TELEMETRY: "1",
    HF_HUB_DISABLE_UPDATE_CHECK: "1",
  };
}
