import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Launcher } from "./measure/launcher.ts";
import { measureSequence, type Step } from "./measure/measure.ts";
import type { CaseRuns, Run } from "./run-case.ts";

/** How ways to do one thing are compared. */
export interface WaysBench {
  readonly launcher: Launcher;
  readonly quick: boolean;
  readonly rounds: number | undefined;
  readonly say: (line: string) => void;
}

/** Measures once a round, ours first in the table. */
export async function compareWays(
  of: CaseRuns["of"],
  { quick, rounds = quick ? 1 : 5, say }: WaysBench,
  ways: readonly (readonly [string, (() => Promise<Run>) | "" | undefined])[],
): Promise<CaseRuns> {
  const peers = ways.map(([peer, way]) => ({
    way: way || undefined,
    row: {
      peer,
      verifies: false,
      runs: [] as Run[],
      missing: way ? undefined : "it is not installed",
    },
  }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { way, row } of round % 2 === 0 ? peers : peers.toReversed()) {
      if (way === undefined) continue;
      const run = await way();
      row.runs.push(run);
      say(
        `  round ${round + 1}/${rounds} ${row.peer}: ${(run.wallMs / 1000).toFixed(2)} s, CPU ${(run.cpuMs / 1000).toFixed(2)} s`,
      );
    }
  }
  return { of, peers: peers.map(({ row }) => row) };
}

/** What a program takes. */
export async function measured(step: Step, { launcher }: WaysBench): Promise<Run> {
  return { ...(await measureSequence([step], launcher)), wireBytes: 0 };
}

/** What a script says that it took. */
export async function told(args: readonly string[]): Promise<Run> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [...process.execArgv, ...args]);
  const { wallMs, cpuMs } = JSON.parse(stdout) as Pick<Run, "wallMs" | "cpuMs">;
  return { wallMs, cpuMs, peakTreeBytes: undefined, peakProcessBytes: undefined, wireBytes: 0 };
}
