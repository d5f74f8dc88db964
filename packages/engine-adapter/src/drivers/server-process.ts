import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { EngineAdapterError } from "../contract/errors.ts";
import { spawnWatched, type WatchedProcess } from "./ends-with-us.ts";
import { type EngineRequest, postJson } from "./post-json.ts";

/** How a server is started. */
export interface ServerProcessOptions {
  /** For messages. */
  readonly engine: string;
  /** Program and arguments for a port on 127.0.0.1. */
  readonly commandFor: (port: number) => readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Answers with 2xx when the server is up. */
  readonly healthPath: string;
  /** Sent as a bearer token with the question whether it is up. */
  readonly apiKey?: string | undefined;
  readonly startTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A server of ours. */
export interface ServerProcess {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly pid: number;
  /** Ends it, first with a polite signal, after 5 s by force. Resolves when it is gone. */
  readonly close: () => Promise<void>;
}

const ATTEMPTS = 3;
const POLL_MS = 50;
const KILL_AFTER_MS = 5000;

/**
 * Starts a server on a free port of loopback and waits until it answers. It ends with this process, whatever ends that
 * (SIGKILL too, except on Windows). Throws `engine/start-failed` with the end of its output, or the signal's reason.
 */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  let failure: unknown;
  // Another process may take the port between our check and the server's binding.
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      return await startOnce(options, await freePort());
    } catch (error) {
      failure = error;
      if (!(error instanceof EngineAdapterError && error.data["portTaken"] === true)) break;
    }
  }
  throw failure;
}

async function startOnce(options: ServerProcessOptions, port: number): Promise<ServerProcess> {
  const { engine, commandFor, env, healthPath, apiKey, startTimeoutMs, signal } = options;
  const command = commandFor(port);
  const [program = "", ...args] = command;
  const server = spawnWatched(program, args, env);
  const close = (): Promise<void> => end(server);
  const url = `http://127.0.0.1:${port}`;
  const stop = new AbortController();
  const late = AbortSignal.timeout(startTimeoutMs);
  const signals = [stop.signal, late, ...(signal ? [signal] : [])];
  try {
    const up = answers(new URL(healthPath, url), {
      engine,
      apiKey,
      signal: AbortSignal.any(signals),
    });
    const problem = await Promise.race([up.then(() => undefined), server.ended]);
    if (problem !== undefined) throw startFailed({ engine, problem, said: server.said(), command });
    return { url, pid: server.child.pid ?? 0, close };
  } catch (error) {
    await close();
    signal?.throwIfAborted();
    if (!late.aborted) throw error;
    const problem = `it did not answer within ${startTimeoutMs} ms`;
    throw startFailed({ engine, problem, said: server.said(), command });
  } finally {
    stop.abort();
  }
}

async function answers(url: URL, options: EngineRequest): Promise<void> {
  for (;;) {
    try {
      (await postJson(url, options)).resume();
      return;
    } catch {
      await delay(POLL_MS, undefined, { signal: options.signal });
    }
  }
}

async function end({ child, ended, kill }: WatchedProcess): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(kill, KILL_AFTER_MS);
  await ended;
  clearTimeout(timer);
}

async function freePort(): Promise<number> {
  const server = createServer();
  const listening = Promise.withResolvers<void>();
  server.once("error", listening.reject).listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address ? address.port : 0;
}

function startFailed(what: {
  readonly engine: string;
  readonly problem: string;
  readonly said: string;
  readonly command: readonly string[];
}): EngineAdapterError {
  const { engine, problem, said, command } = what;
  const last = said.trim().split("\n").at(-1) ?? "";
  return new EngineAdapterError(
    `${engine} could not be started: ${problem}${last === "" ? "" : ` (${last})`}`,
    "engine/start-failed",
    {
      hint: `Try ${command[0]} --help in a terminal. Install it, or name the right program as command.`,
      data: {
        engine,
        command: [...command],
        said,
        portTaken: /address already in use/i.test(said),
      },
    },
  );
}
