import { existsSync } from "node:fs";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { childEnvironment } from "./child-environment.ts";
import { pythonError, type PythonBridgeError } from "./errors.ts";
import type { PythonCandidate } from "./find-python.ts";
import { createLineReader } from "./line-reader.ts";
import { type PythonInfo, readHello } from "./python-info.ts";

/** Longer lines are refused by both sides of the protocol, in bytes. */
export const MAX_LINE: number = 8 * 1024 * 1024;
/** The output allowed before the greeting, since start-up files may print. */
const MAX_PREAMBLE = 64 * 1024;
const MAX_STDERR = 8 * 1024;
/** After its end, the bytes still in its pipes get this long to arrive, in ms. */
const LAST_WORDS_MS = 500;

/** A Python process that has greeted. */
export interface PythonProcess {
  readonly info: PythonInfo;
  readonly child: ChildProcessWithoutNullStreams;
  /** How the process ended, once it has. Never rejects. */
  readonly ended: Promise<string>;
  /** Receives every line after the greeting. Undefined for one that was too long. */
  onLine: (line: string | undefined) => void;
  /** The last line on its stderr that says something. */
  lastWords(): string | undefined;
}

/** Why a candidate cannot be used. */
export interface UnusablePython {
  readonly reason: "absent" | "too-old" | "broken";
  readonly detail: string;
}

/** Starts the bridge in a Python and waits for its greeting, at most `startTimeoutMs`. */
export async function startProcess(
  candidate: PythonCandidate,
  options: {
    readonly env: NodeJS.ProcessEnv;
    readonly startTimeoutMs: number;
    readonly script?: string | undefined;
    /** Aborted before the greeting, it ends the process. */
    readonly closing?: AbortSignal | undefined;
  },
): Promise<PythonProcess | UnusablePython> {
  const script =
    options.script ??
    outsideArchive(fileURLToPath(new URL("../python/run_bridge.py", import.meta.url)));
  const child = spawn(candidate.command, [...candidate.args, "-X", "utf8", script], {
    env: childEnvironment(options.env),
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
  });
  const { stdin, stdout, stderr } = child;
  let tail = "";
  stderr.on("data", (chunk: Buffer) => (tail = (tail + chunk.toString("utf8")).slice(-MAX_STDERR)));
  // The process may end with a question of ours half read.
  stdin.on("error", () => {});
  const lastWords = (): string | undefined =>
    tail
      .split("\n")
      .map((line) => line.trim())
      .findLast((line) => line !== "");

  let started: Error | undefined;
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => {
      started = error;
      resolve("it cannot be started");
    });
    const end = (code: number | null, signal: NodeJS.Signals | null): void =>
      resolve(signal === null ? `it ended with exit code ${code}` : `it was ended by ${signal}`);
    child.once("close", end);
    // A program that it started may hold its pipes open for ever.
    child.once("exit", (code, signal) => setTimeout(end, LAST_WORDS_MS, code, signal).unref());
  });

  // Any process that still writes there is not ours, and must not keep Node running.
  const letGo = (): void => [stdin, stdout, stderr].forEach((pipe) => void pipe.destroy());
  void ended.then(letGo);

  const reader = createLineReader(MAX_LINE);
  let preamble = 0;
  let greet: (found: ReturnType<typeof readHello> | "garbage") => void = () => {};
  const greeting = new Promise<ReturnType<typeof readHello> | "garbage">(
    (resolve) => (greet = resolve),
  );
  let greeted = false;
  const take = (line: string | undefined): void => {
    if (greeted) return self.onLine(line);
    const hello = line === undefined ? undefined : readHello(line);
    preamble += line === undefined ? Infinity : line.length + 1;
    if (hello === undefined && preamble <= MAX_PREAMBLE) return;
    greeted = true;
    greet(hello ?? "garbage");
  };
  stdout.on("data", (chunk: Buffer) => {
    const lines = reader.push(chunk);
    if (lines === undefined) {
      stdout.removeAllListeners("data").resume();
      take(undefined);
    } else for (const line of lines) take(line);
  });
  const self = { child, ended, lastWords, onLine: () => {} } as unknown as PythonProcess;

  const timer = new AbortController();
  const late = new Promise<"late">((resolve) => {
    const timeout = setTimeout(() => resolve("late"), options.startTimeoutMs);
    timer.signal.addEventListener("abort", () => clearTimeout(timeout));
  });
  const stop = (): void => void child.kill("SIGKILL");
  if (options.closing?.aborted) stop();
  options.closing?.addEventListener("abort", stop, { once: true });
  const found = await Promise.race([greeting, ended.then((how) => ({ how })), late]);
  options.closing?.removeEventListener("abort", stop);
  timer.abort();

  if (found !== undefined && typeof found === "object" && "python" in found) {
    return Object.assign(self, { info: found });
  }
  child.kill("SIGKILL");
  if (started !== undefined) {
    const { code } = started as NodeJS.ErrnoException;
    return {
      reason: "absent",
      detail: code === "ENOENT" ? "not there" : `cannot be started (${code})`,
    };
  }
  if (found !== undefined && typeof found === "object" && "tooOld" in found) {
    return { reason: "too-old", detail: `is Python ${found.tooOld}` };
  }
  const words = lastWords();
  const detail = words === undefined ? "" : `: ${words}`;
  if (found === "late") {
    return { reason: "broken", detail: `detail nothing for ${options.startTimeoutMs} ms${detail}` };
  }
  if (found !== undefined && typeof found === "object" && "how" in found) {
    return { reason: "broken", detail: `${found.how} before it could be asked anything${detail}` };
  }
  return { reason: "broken", detail: `wrote something else than the bridge's greeting${detail}` };
}

/** The error for a process that ended with calls unanswered. */
export function crashed(how: string, words: string | undefined): PythonBridgeError {
  return pythonError(
    "python/crashed",
    `the Python process is gone: ${how}${words === undefined ? "" : `; its last words: ${words}`}`,
    { hint: "Run again: a new one is started.", data: { how, lastWords: words ?? null } },
  );
}

/**
 * The same file beside the archive that an Electron app was packed into, where its packager has laid it (`asarUnpack`):
 * Python cannot read inside of an archive. Any other path stays.
 */
export function outsideArchive(path: string): string {
  const unpacked = path.replace(/\.asar(?=[\\/])/u, ".asar.unpacked");
  return unpacked !== path && existsSync(unpacked) ? unpacked : path;
}
