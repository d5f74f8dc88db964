import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { EngineClientError, codeOf } from "./engine-client-error.ts";

/** A runtime process and the JSON-RPC line to it. */
export interface RuntimeClient {
  call(method: string, params?: object): Promise<Readonly<Record<string, unknown>>>;
  /** Receives the runtime's own messages: chunks, statistics, ends of streams. */
  onNotification(listen: (method: string, params: Readonly<Record<string, unknown>>) => void): void;
  close(): Promise<void>;
}

interface Reply {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: object };
}

/** Starts `command script`, waits for its word on stderr and for the readiness probe. */
export async function startRuntime(command: string, script: string): Promise<RuntimeClient> {
  const child = spawn(command, [script], { stdio: ["pipe", "pipe", "pipe"] });
  const waiting = new Map<
    number | string,
    PromiseWithResolvers<Readonly<Record<string, unknown>>>
  >();
  const listeners: ((method: string, params: Readonly<Record<string, unknown>>) => void)[] = [];
  let last = 0;
  let stderr = "";

  createInterface({ input: child.stdout }).on("line", (line) => {
    const { id, method, params = {}, result = {}, error } = JSON.parse(line) as Reply;
    if (method !== undefined) for (const listen of listeners) listen(method, params);
    const waiter = id === undefined ? undefined : waiting.get(id);
    if (id === undefined || !waiter) return;
    waiting.delete(id);
    if (error) waiter.reject(new EngineClientError(codeOf(error.code), error.message, error.data));
    else waiter.resolve(result);
  });
  const ended = once(child, "exit").finally(() => {
    const gone = new EngineClientError("TransportError", `the runtime has ended: ${stderr.trim()}`);
    for (const waiter of waiting.values()) waiter.reject(gone);
    waiting.clear();
  });
  ended.catch(() => undefined);
  child.stdin.on("error", () => undefined);

  const request = (
    id: number | string,
    method: string,
    params?: object,
  ): Promise<Readonly<Record<string, unknown>>> => {
    const waiter = Promise.withResolvers<Readonly<Record<string, unknown>>>();
    waiting.set(id, waiter);
    child.stdin.write(`${JSON.stringify({ jsonrpc: "2.0", method, params, id })}\n`);
    return waiter.promise;
  };

  const ready = Promise.withResolvers<void>();
  child.stderr.on("data", (chunk: Buffer) => {
    stderr = (stderr + chunk.toString()).slice(-4096);
    if (stderr.includes("MLX Runtime ready")) ready.resolve();
  });
  await Promise.race([ready.promise, ended]);
  await request("readiness-probe", "runtime/info");
  return {
    call: (method, params = {}) => request((last += 1), method, params),
    onNotification: (listen) => void listeners.push(listen),
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
