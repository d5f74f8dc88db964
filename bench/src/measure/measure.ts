import { spawn, type ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import type { Launcher } from "./launcher.ts";
import { descendants, watchDescendants } from "./process-tree.ts";

/** One program to run: its arguments, what its environment has beside the bench's, and what it writes is dropped. */
export interface Step {
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly cwd?: string | undefined;
  /** Polled every few ms; true kills the program (SIGKILL), which is no failure then. */
  readonly killWhen?: (() => Promise<boolean>) | undefined;
}

/** What some steps took, one after the other or side by side. */
export interface Measurement {
  readonly wallMs: number;
  /** User and system time of all processes. */
  readonly cpuMs: number;
  /** The most resident memory of all processes at one moment, sampled. */
  readonly peakTreeBytes: number | undefined;
  /** The largest single process, by wait4; where several run side by side, their sum. */
  readonly peakProcessBytes: number | undefined;
}

/** Runs steps one after the other. Throws with the end of what a step wrote when it fails. */
export async function measureSequence(
  steps: readonly Step[],
  launcher: Launcher,
): Promise<Measurement> {
  const parts: Measurement[] = [];
  for (const step of steps) parts.push(await measureStep(step, launcher));
  return {
    wallMs: sum(parts.map((part) => part.wallMs)),
    cpuMs: sum(parts.map((part) => part.cpuMs)),
    peakTreeBytes: largest(parts.map((part) => part.peakTreeBytes)),
    peakProcessBytes: largest(parts.map((part) => part.peakProcessBytes)),
  };
}

/** Runs sequences of steps side by side; the wall time is that of the longest. */
export async function measureTogether(
  sequences: readonly (readonly Step[])[],
  launcher: Launcher,
): Promise<Measurement> {
  const started = performance.now();
  const parts = await Promise.all(sequences.map((steps) => measureSequence(steps, launcher)));
  const wallMs = performance.now() - started;
  const trees = parts.map((part) => part.peakTreeBytes);
  const processes = parts.map((part) => part.peakProcessBytes);
  return {
    wallMs,
    cpuMs: sum(parts.map((part) => part.cpuMs)),
    peakTreeBytes: trees.includes(undefined) ? undefined : sum(trees.map((one) => one ?? 0)),
    peakProcessBytes: processes.includes(undefined)
      ? undefined
      : sum(processes.map((one) => one ?? 0)),
  };
}

const running = new Set<ChildProcess>();
let stopped = false;

/** Kills every program that is being measured, and lets no further one start. */
export function stopMeasuring(): void {
  stopped = true;
  for (const child of running) {
    killDescendants(child);
    child.kill("SIGKILL");
  }
}

async function measureStep(step: Step, launcher: Launcher): Promise<Measurement> {
  if (stopped) throw new Error("the benchmark was stopped");
  const [command = "", ...args] = launcher.wrap(step.argv);
  const child = spawn(command, args, {
    cwd: step.cwd,
    env: { ...process.env, ...step.env },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", () => resolve());
  });
  running.add(child);
  child.once("close", () => running.delete(child));
  const output: Buffer[] = [];
  const report: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => keepEnd(output, chunk));
  child.stderr?.on("data", (chunk: Buffer) => keepEnd(output, chunk));
  (child.stdio[3] as Readable).on("data", (chunk: Buffer) => report.push(chunk));
  const watch = watchDescendants(child.pid ?? 0);
  const killed = step.killWhen ? await killWhen(child, step.killWhen) : false;
  await ended;
  const peakTreeBytes = watch.stop();
  const taken = launcher.parse(Buffer.concat(report).toString());
  if (!killed && taken?.exitCode !== 0) {
    throw new Error(
      `${step.argv.slice(0, 3).join(" ")} ended with ${taken?.exitCode ?? "nothing"}:\n${Buffer.concat(output).toString().slice(-2000)}`,
    );
  }
  return {
    wallMs: taken?.wallMs ?? 0,
    cpuMs: taken?.cpuMs ?? 0,
    peakTreeBytes,
    peakProcessBytes: taken?.largestBytes,
  };
}

/** Kills what the launcher started once `due` says so; false when it ended before. */
async function killWhen(child: ChildProcess, due: () => Promise<boolean>): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    if (await due()) {
      killDescendants(child);
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  return false;
}

function killDescendants(child: ChildProcess): void {
  for (const pid of descendants(child.pid ?? 0)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it has just ended
    }
  }
}

function keepEnd(chunks: Buffer[], chunk: Buffer): void {
  chunks.push(chunk);
  if (chunks.length > 200) chunks.splice(0, 100);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function largest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
