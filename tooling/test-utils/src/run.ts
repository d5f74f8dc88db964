import { spawn } from "node:child_process";

/** How a child process ended and what it wrote. */
export interface RunResult {
  /** The exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Where and with what a child process runs. */
export interface RunOptions {
  readonly cwd?: string | undefined;
  /** The whole environment, not an addition; default: ours. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Written to its stdin, which is closed then. */
  readonly input?: string | undefined;
  /** After this many ms it is killed, and `run` throws with what it had written; default 120 000. */
  readonly timeoutMs?: number | undefined;
  /** Aborting kills it; `run` still resolves with what it wrote. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs a program without a shell and resolves when it has ended, whatever its exit code is.
 * Throws when it does not start or takes too long.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const { cwd, env, input = "", timeoutMs = 120_000, signal } = options;
  const child = spawn(command, args, { cwd, env, stdio: ["pipe", "pipe", "pipe"] });
  const kill = (): boolean => child.kill("SIGKILL");
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, timeoutMs);
  signal?.addEventListener("abort", kill);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  // A program may end without having read its input.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  try {
    const ended = await new Promise<Pick<RunResult, "code" | "signal">>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, endSignal) => resolve({ code, signal: endSignal }));
    });
    const result = { ...ended, stdout: text(stdout), stderr: text(stderr) };
    if (late) {
      throw new Error(
        `${[command, ...args].join(" ")} took more than ${timeoutMs} ms\n${result.stdout}\n${result.stderr}`,
      );
    }
    return result;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", kill);
  }
}

function text(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks).toString("utf8");
}
