import type { CaseName } from "./options.ts";
import type { CaseRuns, PeerRuns } from "./run-case.ts";
import { ratios, spread } from "./statistics.ts";

/** A goal, and how far it was met. */
export interface Goal {
  readonly name: string;
  readonly wanted: string;
  /** Undefined where it could not be measured. */
  readonly measured: string | undefined;
  readonly met: boolean | undefined;
}

const OURS = "mlx-download";
/** What no verification of these bytes can beat. */
const LIMIT = "sha256 of as much memory, every core";
const PEAK_BYTES = 80_000_000;

/** The goals that these measurements speak about. */
export function judgeGoals(cases: readonly CaseRuns[]): readonly Goal[] {
  const goals: Goal[] = [];
  const wall = (name: CaseName, peer: string, limit: number): void => {
    const found = cases.find(({ of }) => of.name === name);
    if (!found) return;
    const ratio = wallRatio(found, peer);
    goals.push({
      name: `${name}, wall against \`${peer}\``,
      wanted: `≤ ${Number(limit.toFixed(2))}`,
      measured: ratio?.toFixed(2),
      met: ratio === undefined ? undefined : ratio <= limit,
    });
  };
  for (const name of ["P1", "P1-TLS"] as const) {
    wall(name, "curl", 1);
    wall(name, "hf download", 0.5);
    wall(name, "@huggingface/hub snapshotDownload", 0.5);
    peak(name);
  }
  ideal();
  wall("P3", "hf download", 0.6);
  for (const name of ["L1", "L2"] as const) limited(name);
  sick("S1", "a stalled connection, beyond P2", "≤ 20 s", (ms, well) => ({
    measured: `${((ms - well) / 1000).toFixed(2)} s`,
    met: ms - well <= 20_000,
  }));
  sick("S2", "10 KB/s on one connection, against P2", "≤ 1.1", (ms, well) => ({
    measured: (ms / well).toFixed(2),
    met: ms / well <= 1.1,
  }));
  warm();
  wall("C1", "hf cache ls", 0.2);
  wall("C2", LIMIT, 1 / 0.9);
  return goals;

  function wallOf(name: CaseName): number | undefined {
    const found = cases.find(({ of }) => of.name === name);
    return found && spread(measured(ours(found), (run) => run.wallMs))?.median;
  }

  function limited(name: CaseName): void {
    const idealMs = cases.find(({ of }) => of.name === name)?.of.idealMs;
    const ms = wallOf(name);
    if (idealMs === undefined) return;
    const off = ms === undefined ? undefined : (ms / idealMs - 1) * 100;
    goals.push({
      name: `${name}, time under a limit against what it asks for, start-up included`,
      wanted: "within 5 %",
      measured: off === undefined ? undefined : `${off >= 0 ? "+" : ""}${off.toFixed(1)} %`,
      met: off === undefined ? undefined : Math.abs(off) <= 5,
    });
  }

  function sick(
    name: CaseName,
    what: string,
    wanted: string,
    judge: (ms: number, well: number) => Pick<Goal, "measured" | "met">,
  ): void {
    if (!cases.some(({ of }) => of.name === name)) return;
    const [ms, well] = [wallOf(name), wallOf("P2")];
    const judged =
      ms === undefined || well === undefined
        ? { measured: undefined, met: undefined }
        : judge(ms, well);
    goals.push({ name: `${name}, ${what}`, wanted, ...judged });
  }

  function warm(): void {
    const found = cases.find(({ of }) => of.name === "E1");
    const p99 = found?.peers.find(({ peer }) =>
      peer.endsWith("loadOrDownloadModel, 99th percentile"),
    );
    if (!p99) return;
    const ms = spread(measured(p99, (run) => run.wallMs))?.median;
    goals.push({
      name: "E1, 99th percentile of a call",
      wanted: "< 1 ms",
      measured: ms === undefined ? undefined : `${ms.toFixed(3)} ms`,
      met: ms === undefined ? undefined : ms < 1,
    });
  }

  function peak(name: CaseName): void {
    const found = cases.find(({ of }) => of.name === name);
    if (!found) return;
    const bytes = spread(measured(ours(found), (run) => run.peakTreeBytes))?.median;
    goals.push({
      name: `${name}, peak memory of the process tree`,
      wanted: `≤ ${PEAK_BYTES / 1e6} MB`,
      measured: bytes === undefined ? undefined : `${(bytes / 1e6).toFixed(0)} MB`,
      met: bytes === undefined ? undefined : bytes <= PEAK_BYTES,
    });
  }

  function ideal(): void {
    const found = cases.find(({ of }) => of.name === "P2");
    if (found?.of.idealMs === undefined) return;
    const ms = spread(measured(ours(found), (run) => run.wallMs))?.median;
    const ratio = ms === undefined ? undefined : ms / found.of.idealMs;
    goals.push({
      name: `P2, wall against the ideal of 8 connections (${(found.of.idealMs / 1000).toFixed(2)} s)`,
      wanted: "≤ 1.15",
      measured: ratio?.toFixed(2),
      met: ratio === undefined ? undefined : ratio <= 1.15,
    });
  }
}

/** The median of our wall time over another's, round by round; undefined when one of them was not measured. */
function wallRatio(found: CaseRuns, peer: string): number | undefined {
  const theirs = found.peers.find((one) => one.peer === peer);
  const walls = (runs: PeerRuns | undefined): readonly (number | undefined)[] =>
    (runs?.runs ?? []).map((run) => run?.wallMs);
  return spread(ratios(walls(ours(found)), walls(theirs)))?.median;
}

function ours(found: CaseRuns): PeerRuns | undefined {
  return found.peers.find(({ peer }) => peer === OURS || peer.startsWith(`${OURS} `));
}

function measured(
  peer: PeerRuns | undefined,
  value: (run: NonNullable<PeerRuns["runs"][number]>) => number | undefined,
): readonly number[] {
  return (peer?.runs ?? []).flatMap((run) => (run && value(run)) ?? []);
}
