import { judgeGoals } from "./goals.ts";
import type { CaseRuns, PeerRuns, Run } from "./run-case.ts";
import { ratios, spread, type Spread } from "./statistics.ts";

/** Where and with what it was measured. */
export interface Setting {
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly server: string;
  readonly fileSystem: string;
  readonly launcher: string;
  /** Load averages over a minute, before and after. */
  readonly load: readonly [before: number, after: number];
  readonly command: string;
  readonly programs: readonly string[];
  /** Tiny sizes: the figures say nothing about speed. */
  readonly quick: boolean;
}

/** Everything as Markdown: the setting, the goals, and a table a case. Seconds, and MB of 10⁶ bytes. */
export function renderReport(setting: Setting, cases: readonly CaseRuns[]): string {
  const goals = setting.quick ? [] : judgeGoals(cases);
  const lines = [
    `* Repeat with \`${setting.command}\` (after \`pnpm build\`).`,
    `* ${setting.machine}; ${setting.node}. Client and servers share it.`,
    `* Bytes served by ${setting.server}; metadata by the embedded Hub in a process of its own; the slow servers (P2, P3, P5) are paced by the benchmark's own process.`,
    `* Served files and destinations on ${setting.fileSystem}.`,
    `* CPU (user and system, all processes) and the largest process from ${setting.launcher}; peak of the tree: resident memory of all live processes, summed every 20 ms. A process under 11 MB shows as 11: that is the launcher's own.`,
    `* Load average ${setting.load[0].toFixed(1)} before, ${setting.load[1].toFixed(1)} after. ${setting.date}.`,
    `* ${setting.programs.join("; ")}.`,
    ...(setting.quick
      ? ["* Tiny sizes, to see that it runs: these figures say nothing about speed."]
      : []),
    "",
  ];
  if (goals.length > 0) {
    lines.push("## Goals", "", "| goal | wanted | measured | met |", "|---|---|---|---|");
    for (const { name, wanted, measured = "–", met } of goals) {
      const word = met === undefined ? "–" : met ? "yes" : "**no**";
      lines.push(`| ${name} | ${wanted} | ${measured} | ${word} |`);
    }
    lines.push("");
  }
  for (const found of cases) lines.push(...renderCase(found), "");
  return `${lines.join("\n").trimEnd()}\n`;
}

function renderCase({ of, peers }: CaseRuns): readonly string[] {
  const base = peers[0];
  const startUp = of.name === "start-up";
  if (of.name === "E1" || of.name === "R1") return renderCalls({ of, peers });
  const ideal = of.idealMs === undefined ? "" : ` Ideal: ${(of.idealMs / 1000).toFixed(2)} s.`;
  const unit = startUp ? "ms" : "s";
  const scale = startUp ? 1 : 1000;
  const digits = startUp ? 0 : 2;
  const lines = [
    `## ${of.name}: ${of.title}`,
    "",
    `Median (min–max).${startUp ? "" : ` Ratios are ours over theirs, round by round: below 1 ours took less.${ideal}`}`,
    "",
    startUp
      ? `| program | rounds | wall ${unit} | CPU ${unit} | peak MB |`
      : `| client | proves | rounds | wall ${unit} | wall ratio | CPU ${unit} | CPU ratio | peak tree MB | largest process MB | wire MB |`,
    startUp ? "|---|---|---|---|---|" : "|---|---|---|---|---|---|---|---|---|---|",
  ];
  for (const peer of peers.filter(({ runs }) => runs.length > 0)) {
    const walls = figure(peer, (run) => run.wallMs / scale, digits);
    const cpu = figure(peer, (run) => run.cpuMs / scale, digits);
    const largest = figure(peer, (run) => mega(run.peakProcessBytes), 0);
    const rounds = peer.runs.filter((run) => run !== undefined).length;
    if (startUp) {
      lines.push(`| ${peer.peer} | ${rounds} | ${walls} | ${cpu} | ${largest} |`);
      continue;
    }
    lines.push(
      `| ${peer.peer} | ${peer.verifies ? "yes" : "no"} | ${rounds} | ${walls} | ${ratio(base, peer, (run) => run.wallMs)} | ${cpu} | ${ratio(base, peer, (run) => run.cpuMs)} | ${figure(peer, (run) => mega(run.peakTreeBytes), 0)} | ${largest} | ${figure(peer, (run) => mega(run.wireBytes), 1)} |`,
    );
  }
  for (const { peer, missing } of peers) {
    if (missing !== undefined) lines.push("", `Not measured: ${peer}, ${firstLine(missing)}.`);
  }
  return lines;
}

function renderCalls({ of, peers }: CaseRuns): readonly string[] {
  return [
    `## ${of.name}: ${of.title}`,
    "",
    "Median (min–max) of the rounds.",
    "",
    "| call | rounds | ms |",
    "|---|---|---|",
    ...peers.map(
      (peer) => `| ${peer.peer} | ${peer.runs.length} | ${figure(peer, (run) => run.wallMs, 3)} |`,
    ),
  ];
}

function figure(peer: PeerRuns, value: (run: Run) => number | undefined, digits: number): string {
  return text(spread(peer.runs.flatMap((run) => (run && value(run)) ?? [])), digits);
}

function ratio(ours: PeerRuns | undefined, peer: PeerRuns, value: (run: Run) => number): string {
  if (ours === undefined || ours === peer) return "";
  const values = (runs: PeerRuns): readonly (number | undefined)[] =>
    runs.runs.map((run) => run && value(run));
  return text(spread(ratios(values(ours), values(peer))), 2);
}

function text(of: Spread | undefined, digits: number): string {
  if (of === undefined) return "–";
  const [median, min, max] = [of.median, of.min, of.max].map((value) => value.toFixed(digits));
  return min === max ? `${median}` : `${median} (${min}–${max})`;
}

function mega(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : bytes / 1e6;
}

function firstLine(message: string): string {
  return message.split("\n")[0] ?? "";
}
