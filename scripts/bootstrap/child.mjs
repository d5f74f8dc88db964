import { spawn } from "node:child_process";
import { constants } from "node:os";

/**
 * Runs a command to its end. Its output goes to our stderr: at once, or with `quiet` only when it fails.
 * Throws when it cannot be started or exits other than 0; ends this process the same way when a signal ended it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, quiet?: boolean }} [options]
 * @returns {Promise<void>}
 */
export async function run(command, args, options = {}) {
  const { cwd, env, quiet = false } = options;
  const child = spawn(command, args, {
    cwd,
    env,
    stdio: quiet ? ["ignore", "pipe", "pipe"] : ["ignore", 2, 2],
  });
  /** @type {Buffer[]} */
  const output = [];
  child.stdout?.on("data", (chunk) => output.push(chunk));
  child.stderr?.on("data", (chunk) => output.push(chunk));
  const { code, signal } = await ended(child, command);
  if (signal) dieOf(signal);
  if (code === 0) return;
  process.stderr.write(Buffer.concat(output));
  throw new Error(`${command} ${args.join(" ")}: exit ${code}`);
}

/**
 * What a command prints on stdout, trimmed; undefined when it does not start or fails.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string | undefined>}
 */
export async function ask(command, args, options = {}) {
  try {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "ignore"] });
    /** @type {Buffer[]} */
    const output = [];
    child.stdout.on("data", (chunk) => output.push(chunk));
    const { code } = await ended(child, command);
    return code === 0 ? Buffer.concat(output).toString().trim() : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Hands the terminal to a program and ends as it ends.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv }} options
 * @returns {Promise<void>}
 */
export async function become(command, args, { env }) {
  const child = spawn(command, args, { env, stdio: "inherit" });
  // A terminal sends Ctrl-C to the child as well: passed on once more it would count as the second, impatient one.
  const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on("SIGINT", () => terminal || child.kill("SIGINT"));
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  process.on("SIGHUP", () => child.kill("SIGHUP"));
  const { code, signal } = await ended(child, command);
  if (signal) dieOf(signal);
  process.exitCode = code ?? 1;
}

/**
 * @param {import("node:child_process").ChildProcess} child
 * @param {string} command
 * @returns {Promise<{ code: number | null, signal: NodeJS.Signals | null }>}
 */
function ended(child, command) {
  return new Promise((resolve, reject) => {
    child.once("error", (error) =>
      reject(new Error(`${command} does not start: ${error.message}`)),
    );
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}

/**
 * @param {NodeJS.Signals} signal
 * @returns {never}
 */
function dieOf(signal) {
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
  process.exit(128 + constants.signals[signal]);
}
