import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

/** A process that holds a lock. */
export interface Holder {
  /** Kills it without a chance to clean up, and resolves when it is gone. */
  kill(): Promise<void>;
  /** Lets it release the lock, and resolves when it is gone. */
  end(): Promise<void>;
}

/** Starts a program of this folder on a lock and resolves when it holds it. */
export async function startHolder(
  program: "hold-lock.ts" | "hold_lock.py",
  lockPath: string,
  options: { python?: string } = {},
): Promise<Holder> {
  const script = fileURLToPath(new URL(program, import.meta.url));
  const [command, args] = options.python
    ? [options.python, [script]]
    : [process.execPath, ["--conditions=@mlx-download/source", script]];
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
    gone.then(() => Promise.reject(new Error(`${program} ended without the lock`))),
  ]);
  return { kill, end };
}
