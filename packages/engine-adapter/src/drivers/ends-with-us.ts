import { type ChildProcess, spawn } from "node:child_process";

/**
 * Becomes the program it is given, after leaving behind a watcher that kills the whole process group when the pipe on
 * descriptor 3 ends. The kernel closes that pipe however this process dies. The watcher belongs to the group, so its
 * number cannot have become another group's meanwhile.
 */
const WATCHED = `( read -r line <&3; kill -KILL -$$ ) >/dev/null 2>&1 &
exec "$@" 3<&-`;
const NAME = "mlx-download-watch";
const NOT_FOUND = 127;

/** A program that ends with this process. */
export interface WatchedProcess {
  /** The program itself, with its standard error piped. Other streams are closed. */
  readonly child: ChildProcess;
  /** Resolves once it has ended, and says how. */
  readonly ended: Promise<string>;
  /** The last 4096 characters that it wrote to its standard error. */
  readonly said: () => string;
  /** Kills it at once, with everything that it started. Does nothing once it has ended. */
  readonly kill: () => void;
}

/**
 * Starts a program that ends with this process, whatever ends that: SIGKILL too, except on Windows, which has no shell
 * for it. It runs in a process group of its own, so Ctrl-C reaches it through us alone.
 */
export function spawnWatched(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): WatchedProcess {
  const windows = process.platform === "win32";
  const child = windows
    ? spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"] })
    : spawn("/bin/sh", ["-c", WATCHED, NAME, program, ...args], {
        env,
        detached: true,
        stdio: ["ignore", "ignore", "pipe", "pipe"],
      });
  // The pipe carries no data. An error of it only means that the watcher is gone.
  child.stdio[3]?.on("error", () => undefined);

  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("utf8")).slice(-4096);
  });
  const kill = (): void => {
    forget(kill);
    try {
      if (windows || child.pid === undefined) child.kill("SIGKILL");
      else process.kill(-child.pid, "SIGKILL");
    } catch {
      // Nothing of it is left.
    }
  };
  remember(kill);

  const ended = Promise.withResolvers<string>();
  child.once("error", (error) => {
    forget(kill);
    ended.resolve(error.message);
  });
  // The watcher, and the processes that the program left behind.
  child.once("exit", kill);
  child.once("close", (code, signal) => {
    const missing = code === NOT_FOUND && said.startsWith(NAME);
    ended.resolve(missing ? `there is no program ${program}` : `it ended with ${signal ?? code}`);
  });
  return { child, ended: ended.promise, said: () => said, kill };
}

/** The processes to end when this process exits, with one listener for all. */
const running = new Set<() => void>();

function killAll(): void {
  for (const kill of running) kill();
}

function remember(kill: () => void): void {
  if (running.size === 0) process.on("exit", killAll);
  running.add(kill);
}

function forget(kill: () => void): void {
  if (running.delete(kill) && running.size === 0) process.off("exit", killAll);
}
