// A program that keeps the libraries loaded: downloads, aborts, verifies and scans until its standard input ends, and
// writes after every round what it holds, a line of JSON each. Run with --expose-gc.
import { readdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { cacheLocations, scanCache } from "@mlx-download/cache";
import { downloadModel } from "@mlx-download/core";
import { models, oneOf, seeded } from "./words.ts";

/** What the program held after a round. Bytes, and open files. */
export interface Holding {
  readonly round: number;
  readonly heap: number;
  readonly resident: number;
  readonly descriptors: number;
  readonly failed: number;
  readonly unexpected?: string;
}

const { values } = parseArgs({ options: { seed: { type: "string", default: "1" } } });
const random = seeded(Number(values.seed));
let running = true;
process.stdin.on("end", () => (running = false)).resume();

let failed = 0;
for (let round = 1; running; round += 1) {
  let unexpected: string | undefined;
  try {
    const signal = random() < 0.2 ? AbortSignal.timeout(50 + random() * 500) : undefined;
    await downloadModel(oneOf(models, random), { signal, force: random() < 0.3 });
    if (random() < 0.3) await scanCache(cacheLocations(process.env).hubCache);
  } catch (error) {
    failed += 1;
    // An error of ours has a code; an abort throws its reason.
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    const isAbort = error instanceof Error && error.name === "TimeoutError";
    if (typeof code !== "string" && !isAbort) unexpected = String(error);
  }
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  const holding: Holding = {
    round,
    heap: heapUsed,
    resident: rss,
    descriptors: readdirSync("/dev/fd").length,
    failed,
    ...(unexpected !== undefined && { unexpected }),
  };
  process.stdout.write(`${JSON.stringify(holding)}\n`);
}
