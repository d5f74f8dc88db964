import { spawn } from "node:child_process";
import { type AskSystem, askSystem } from "./ask-system.ts";
import { isOff } from "./is-off.ts";

/** The machine whose sleep is put off. */
export interface SleepyMachine {
  readonly env: NodeJS.ProcessEnv;
  readonly platform?: NodeJS.Platform;
  readonly ask?: AskSystem;
}

/** The variable that lets a Mac sleep all the same. */
const SWITCH = "MLX_DOWNLOAD_STAY_AWAKE";

/**
 * Keeps a Mac on mains power from going to sleep by itself, until the returned function is called or this process ends,
 * however it ends. On battery, on other systems, or without `caffeinate` it does nothing. A closed lid still wins.
 * Not verified on a Mac.
 */
export function stayAwake({
  env,
  platform = process.platform,
  ask = askSystem,
}: SleepyMachine): () => void {
  if (platform !== "darwin" || isOff(env, SWITCH)) return () => undefined;
  let ended = false;
  let end = (): void => undefined;
  const start = async (): Promise<void> => {
    const power = await ask("pmset", ["-g", "batt"]);
    // Macs without a battery say the same.
    if (ended || !/drawing from 'AC Power'/iu.test(power ?? "")) return;
    const child = spawn("caffeinate", ["-i", "-w", String(process.pid)], { env, stdio: "ignore" });
    // Not there: the machine may sleep.
    child.on("error", () => undefined);
    child.unref();
    end = () => void child.kill();
  };
  void start();
  return () => {
    ended = true;
    end();
  };
}
