import { type ChildProcessByStdio, spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { startTestHub, tinyModelFiles } from "@mlx-download/hub-server/testing";
import { run, type RunResult } from "@mlx-download/test-utils/run";
import { hubEnvironment } from "../hub-environment.ts";
import { addRandomFault } from "./faults.ts";
import type { Holding } from "./long-lived.ts";
import { models, randomWords, seeded } from "./words.ts";

/** How long a soak works, and on what. */
export interface SoakOptions {
  /** An empty folder, for the cache and all else. */
  readonly folder: string;
  readonly ms: number;
  readonly seed: number;
  /** Node's arguments for the command, before its own. */
  readonly command: readonly string[];
  readonly python?: string | undefined;
  readonly onProgress?: (line: string) => void;
}

/** What happened in a soak. */
export interface SoakReport {
  readonly commands: number;
  readonly killed: number;
  readonly exitCodes: Readonly<Record<string, number>>;
  /** The first line that a failed command said, with its command, by exit code. */
  readonly failures: Readonly<Record<string, readonly string[]>>;
  /** What must not happen: each a sentence. */
  readonly problems: readonly string[];
  /** What the program that lived through it held, after each of its rounds. */
  readonly holdings: readonly Holding[];
}

/** A command that takes longer is hung. */
const HUNG_MS = 240_000;

/**
 * Random commands, two at a time and some of them killed, against a Hub with random faults, beside a program that keeps
 * the libraries loaded: all on one cache. At the end everything must be there and sound.
 */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { folder, seed, command, onProgress = () => {} } = options;
  const random = seeded(seed);
  const hub = await startTestHub();
  const problems: string[] = [];
  const exitCodes: Record<string, number> = {};
  const failures: Record<string, string[]> = {};
  let commands = 0;
  let killed = 0;
  const env = hubEnvironment(process.env, { endpoint: hub.url, home: join(folder, "hf") });
  Object.assign(env, { HOME: folder, XDG_CONFIG_HOME: folder, XDG_STATE_HOME: folder });
  if (options.python !== undefined) env["PYTHON_PATH"] = options.python;
  const mlx = (words: readonly string[], signal?: AbortSignal): Promise<RunResult> =>
    run(process.execPath, [...command, ...words], {
      cwd: folder,
      env,
      timeoutMs: HUNG_MS,
      ...(signal && { signal }),
    });
  for (const name of ["plain", "view"]) await mkdir(join(folder, name));
  const weights = { size: 3_000_000, seed: 1 };
  for (const [index, model] of models.entries()) {
    const own = { ...weights, seed: index + 1 };
    await hub.addRepo(model, { ...tinyModelFiles(), "extra.safetensors": own });
  }
  expectZero(await mlx([models[0], "-q"]), "the first download");
  expectZero(await mlx(["cache", "pin", models[0]]), "the pin");

  const longLived = startLongLived(env, seed);
  const end = Date.now() + options.ms;
  const work = async (): Promise<void> => {
    while (Date.now() < end) {
      if (random() < 0.5) addRandomFault(hub, random);
      const words = randomWords(random, { folder, python: options.python });
      const killer = new AbortController();
      const kills = random() < 0.15;
      const timer = kills ? setTimeout(() => killer.abort(), 100 + random() * 1_500) : undefined;
      const said = words.join(" ");
      const result = await mlx(words, killer.signal).catch((error: unknown) => error as Error);
      clearTimeout(timer);
      commands += 1;
      if (result instanceof Error) {
        problems.push(`${said} does not end: ${result.message}`);
        continue;
      }
      if (result.signal === "SIGKILL") killed += 1;
      const how = String(result.code ?? result.signal);
      exitCodes[how] = (exitCodes[how] ?? 0) + 1;
      if (result.code !== 0 && result.code !== null) {
        (failures[how] ??= []).push(`${said}: ${result.stderr.trim().split("\n")[0]}`);
      }
      if (result.code === 1 || /^\s+at .*:\d+:\d+\)?$/mu.test(result.stderr)) {
        problems.push(`${said} ends with ${how}: ${result.stderr.trim()}`);
      }
      if (commands % 20 === 0) {
        hub.faults.clear();
        hub.log.clear();
        const kept = await mlx(["path", models[0]]);
        if (kept.code !== 0) problems.push(`the pinned model is lost: ${kept.stderr.trim()}`);
        onProgress(`${commands} commands, ${killed} killed, ${problems.length} problems`);
      }
    }
  };
  try {
    await Promise.all([work(), work()]);
    const holdings = await longLived.stop();
    if (holdings.length === 0) problems.push("the program that lives through it did nothing");
    for (const { unexpected } of holdings) if (unexpected !== undefined) problems.push(unexpected);
    hub.faults.clear();
    for (const words of [
      ["get", ...models, "-q"],
      ["repair", "-q"],
      ["verify"],
      ["cache", "prune", "--yes"],
      ["path", models[0]],
    ]) {
      const result = await mlx(words);
      if (result.code === 0) continue;
      problems.push(
        `at the end ${words.join(" ")}: ${result.code} ${result.stdout}${result.stderr}`,
      );
    }
    const { findings, repos } = JSON.parse((await mlx(["cache", "ls", "--json"])).stdout) as {
      readonly findings: readonly { readonly code: string }[];
      readonly repos: readonly { readonly findings: readonly { readonly code: string }[] }[];
    };
    for (const finding of [...findings, ...repos.flatMap((repo) => repo.findings)]) {
      // What a killed run left is young: prune gives it a day.
      if (finding.code === "leftover" || finding.code === "unfinished-download") continue;
      problems.push(`left in the cache: ${JSON.stringify(finding)}`);
    }
    return { commands, killed, exitCodes, failures, problems, holdings };
  } finally {
    await longLived.stop();
    await hub.close();
  }
}

function expectZero({ code, stderr }: RunResult, what: string): void {
  if (code !== 0) throw new Error(`${what}: ${stderr}`);
}

/** Starts the program that lives through the soak. `stop` ends it and returns what it said. */
function startLongLived(
  env: NodeJS.ProcessEnv,
  seed: number,
): { stop(): Promise<readonly Holding[]> } {
  const program = fileURLToPath(new URL("long-lived.ts", import.meta.url));
  const args = ["--expose-gc", "--conditions=@mlx-download/source", program, `--seed=${seed}`];
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(process.execPath, args, {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const holdings: Holding[] = [];
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => holdings.push(JSON.parse(line) as Holding));
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    async stop() {
      child.stdin.end();
      const timer = setTimeout(() => child.kill("SIGKILL"), HUNG_MS);
      await ended;
      clearTimeout(timer);
      return holdings;
    },
  };
}

/** The middle of a row of numbers. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
