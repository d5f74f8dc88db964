import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

const NODE = fileURLToPath(new URL("./hold-lock.ts", import.meta.url));
const PYTHON = fileURLToPath(new URL("./hold_lock.py", import.meta.url));

/** A process that holds a lock. */
export interface Holder {
  /** Kills it without a chance to clean up, and resolves when it is gone. */
  kill(): Promise<void>;
  /** Lets it release the lock, and resolves when it is gone. */
  end(): Promise<void>;
}

/** Starts a process of ours, or of Python's client, and resolves when it holds the lock. */
export async function startHolder(
  lockPath: string,
  options: { python?: string } = {},
): Promise<Holder> {
  const [command, args] = options.python
    ? [options.python, [PYTHON]]
    : [process.execPath, ["--conditions=@mlx-download/source", NODE]];
  const child = spawn(command, [...args, lockPath], { stdio: ["pipe", "pipe", "inherit"] });
  const gone = once(child, "close");
  const end = async (): Promise<void> => {
    child.stdin.end();
    await gone;
  };
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await gone;
  };
  onTestFinished(kill);
  await Promise.race([
    once(child.stdout, "data"),
    gone.then(() => Promise.reject(new Error("the holder ended without the lock"))),
  ]);
  return { kill, end };
}
