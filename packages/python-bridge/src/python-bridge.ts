import { isObject, readMessage } from "./bridge-message.ts";
import { choosePython, type ChoosePythonOptions, hubProblem } from "./choose-python.ts";
import { pythonError, PythonBridgeError } from "./errors.ts";
import { createSecretMask } from "./mask-secrets.ts";
import type { PythonInfo } from "./python-info.ts";
import { type PythonRuntime, readRuntime } from "./python-runtime.ts";
import { crashed, MAX_LINE, type PythonProcess } from "./start-process.ts";

/** Which Python a bridge uses, and its patience. Times in ms. */
export interface PythonBridgeOptions {
  /** Path or name of the interpreter. Default: `PYTHON_PATH`, the active environment, then the PATH. */
  readonly python?: string | undefined;
  /** Of several Pythons the first that has this is taken: huggingface_hub (the default), or mlx-lm. */
  readonly wants?: "hub" | "mlx-lm" | undefined;
  /** The process's environment. Default `process.env`. Tokens in it are not passed on. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** The timeout for a Python's greeting, in ms. Default 30 000. */
  readonly startTimeoutMs?: number | undefined;
  /** A process with pending calls that gives no sign of life for this long, in ms, is ended. Default 30 000. */
  readonly silenceMs?: number | undefined;
  /** The time for a cancelled call to tidy up before the process is ended, in ms. Default 3 000. */
  readonly graceMs?: number | undefined;
  /** Aborting it closes the bridge, also while a Python starts. `info` then rejects with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Another script in the place of the bridge's own, for tests. */
  readonly script?: string | undefined;
}

/** How a call is made. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** Gets the call's events, unchecked. */
  readonly onEvent?: ((event: Readonly<Record<string, unknown>>) => void) | undefined;
}

interface PendingCall {
  readonly resolve: (result: Readonly<Record<string, unknown>>) => void;
  readonly reject: (error: unknown) => void;
  readonly onEvent: CallOptions["onEvent"];
  /** No caller waits any more. The reason is for late listeners. */
  cancelled: { readonly reason: unknown } | undefined;
}

const TICK_MS = 1000;

const closedError = (): PythonBridgeError =>
  pythonError("python/crashed", "the bridge was closed", { hint: "Make a new one." });

/**
 * One long-lived Python process, started by the first call and again after it ended. An idle bridge does not keep Node
 * running, and its process ends with this one, however that ends.
 */
export class PythonBridge {
  readonly #options: ChoosePythonOptions & { readonly silenceMs: number; readonly graceMs: number };
  readonly #pending = new Map<number, PendingCall>();
  readonly #mask = createSecretMask();
  #process: Promise<PythonProcess> | undefined;
  #nextId = 1;
  #heardAt = 0;
  #tickedAt = 0;
  #watch: NodeJS.Timeout | undefined;
  /** Why we are ending the process, for the calls that it leaves behind. */
  #verdict: PythonBridgeError | undefined;
  readonly #closing = new AbortController();
  readonly #forget: () => void;

  constructor(options: PythonBridgeOptions = {}) {
    const { python, script, wants, env = process.env } = options;
    const { startTimeoutMs = 30_000, silenceMs = 30_000, graceMs = 3000 } = options;
    const { signal } = options;
    const closing = this.#closing.signal;
    this.#options = { python, script, wants, env, startTimeoutMs, silenceMs, graceMs, closing };
    const stop = (): void => {
      this.#closing.abort(signal?.reason);
      void this.close();
    };
    this.#forget = () => signal?.removeEventListener("abort", stop);
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) stop();
  }

  /**
   * Starts the process where there is none and returns its greeting. Throws `python/not-found`, `python/unsupported`,
   * `python/crashed`.
   */
  async info(): Promise<PythonInfo> {
    return (await this.#start()).info;
  }

  /** Versions of MLX and its friends, the device, and the model types that mlx-lm loads. Needs no huggingface_hub. */
  async runtime(options: Pick<CallOptions, "signal"> = {}): Promise<PythonRuntime> {
    return readRuntime(await this.#call("runtime", {}, options));
  }

  /**
   * Asks for one of the protocol's methods that speak to the Hub. Rejects with a {@link PythonBridgeError}, or with the
   * signal's reason once Python has tidied up or was ended.
   */
  async call(
    method: "resolve" | "tree" | "list" | "fetch",
    params: Readonly<Record<string, unknown>>,
    options: CallOptions = {},
  ): Promise<Readonly<Record<string, unknown>>> {
    options.signal?.throwIfAborted();
    const problem = hubProblem((await this.#start()).info, this.#options.env);
    if (problem) {
      // Perhaps it is installed by the time of the next call.
      await this.#end();
      throw problem;
    }
    return this.#call(method, params, options);
  }

  /** Ends the process. Running calls fail with `python/crashed`. Later calls are refused. */
  async close(): Promise<void> {
    this.#forget();
    this.#closing.abort(closedError());
    await this.#end();
  }

  /** As {@link close}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #end(): Promise<void> {
    const running = await this.#process?.catch(() => undefined);
    if (!running) return;
    running.child.stdin.end();
    const timer = setTimeout(() => running.child.kill("SIGKILL"), 1000);
    await running.ended;
    clearTimeout(timer);
  }

  #start(): Promise<PythonProcess> {
    this.#closing.signal.throwIfAborted();
    this.#process ??= choosePython(this.#options).then(
      (started) => {
        this.#attach(started);
        return started;
      },
      (error: unknown) => {
        this.#process = undefined;
        throw error;
      },
    );
    return this.#process;
  }

  #attach(started: PythonProcess): void {
    this.#verdict = undefined;
    started.onLine = (line) => this.#take(started, line);
    this.#keepNodeRunning(started, false);
    void this.#bury(started);
  }

  /** Waits for the process to end and fails its unanswered calls. */
  async #bury(started: PythonProcess): Promise<void> {
    const how = await started.ended;
    this.#process = undefined;
    clearInterval(this.#watch);
    this.#watch = undefined;
    const words = started.lastWords();
    const error = this.#verdict ?? crashed(how, words && this.#mask.text(words));
    for (const call of this.#pending.values()) call.reject(call.cancelled?.reason ?? error);
    this.#pending.clear();
  }

  async #call(
    method: string,
    params: Readonly<Record<string, unknown>>,
    { signal, onEvent }: CallOptions,
  ): Promise<Readonly<Record<string, unknown>>> {
    signal?.throwIfAborted();
    const running = await this.#start();
    signal?.throwIfAborted();
    if (typeof params["token"] === "string") this.#mask.add(params["token"]);
    const id = this.#nextId++;
    const answer = new Promise<Readonly<Record<string, unknown>>>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, onEvent, cancelled: undefined });
    });
    const cancel = (): void => this.#cancel(running, id, signal?.reason);
    signal?.addEventListener("abort", cancel, { once: true });
    this.#keepWatch(running);
    running.child.stdin.write(`${JSON.stringify({ id, method, params })}\n`);
    try {
      return await answer;
    } finally {
      signal?.removeEventListener("abort", cancel);
      this.#pending.delete(id);
      if (this.#pending.size === 0) this.#rest(running);
    }
  }

  #take(running: PythonProcess, line: string | undefined): void {
    this.#heardAt = performance.now();
    const message = line === undefined ? undefined : readMessage(line);
    if (message === undefined) return this.#refuse(running, line);
    if (message.kind === "beat") return;
    const call = this.#pending.get(message.id);
    if (!call) return;
    switch (message.kind) {
      case "event":
        if (!call.cancelled) this.#tell(call, message.event);
        break;
      case "result":
        if (call.cancelled) call.reject(call.cancelled.reason);
        else call.resolve(message.result);
        break;
      case "error":
        call.reject(
          call.cancelled?.reason ?? new PythonBridgeError(this.#mask.value(message.failure)),
        );
        break;
    }
  }

  #tell(call: PendingCall, event: Readonly<Record<string, unknown>>): void {
    try {
      call.onEvent?.(isObject(event) && "message" in event ? this.#mask.value(event) : event);
    } catch (error) {
      call.reject(error);
    }
  }

  /** A line that is no message means that other code writes there. No later line can be trusted. */
  #refuse(running: PythonProcess, line: string | undefined): void {
    this.#verdict ??= pythonError(
      "python/protocol",
      line === undefined
        ? `Python wrote a line of more than ${MAX_LINE} bytes`
        : `Python wrote something that is no message: ${JSON.stringify(this.#mask.text(line.slice(0, 200)))}`,
      {
        hint: "A module of this Python writes to the bridge's output. Try another environment with PYTHON_PATH.",
        data: { maxLine: MAX_LINE },
      },
    );
    running.child.kill("SIGKILL");
  }

  #cancel(running: PythonProcess, id: number, reason: unknown): void {
    const call = this.#pending.get(id);
    if (!call || call.cancelled) return;
    call.cancelled = { reason };
    running.child.stdin.write(`${JSON.stringify({ cancel: id })}\n`);
    const late = setTimeout(() => {
      // Other calls still need the process. It tidies up when it can.
      if ([...this.#pending.values()].some((other) => !other.cancelled)) call.reject(reason);
      else running.child.kill("SIGKILL");
    }, this.#options.graceMs);
    void running.ended.then(() => clearTimeout(late));
    const { resolve, reject } = call;
    Object.assign(call, {
      resolve: (result: Readonly<Record<string, unknown>>) => (clearTimeout(late), resolve(result)),
      reject: (error: unknown) => (clearTimeout(late), reject(error)),
    });
  }

  #keepWatch(running: PythonProcess): void {
    this.#keepNodeRunning(running, true);
    if (this.#watch) return;
    this.#heardAt = performance.now();
    this.#tickedAt = this.#heardAt;
    this.#watch = setInterval(() => {
      const now = performance.now();
      // It was us who stood still: a blocked loop, a laptop that slept.
      if (now - this.#tickedAt > 3 * TICK_MS) this.#heardAt = now;
      this.#tickedAt = now;
      const silent = now - this.#heardAt;
      if (silent < this.#options.silenceMs) return;
      this.#verdict ??= pythonError(
        "python/unresponsive",
        `Python gave no sign of life for ${Math.round(silent / 1000)} s`,
        { hint: "Run again: a new process is started.", data: { silentMs: Math.round(silent) } },
      );
      running.child.kill("SIGKILL");
    }, TICK_MS);
  }

  #rest(running: PythonProcess): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
    this.#keepNodeRunning(running, false);
  }

  #keepNodeRunning({ child }: PythonProcess, keep: boolean): void {
    for (const handle of [child, child.stdin, child.stdout, child.stderr]) {
      const one = handle as { ref?: () => void; unref?: () => void } | null;
      if (keep) one?.ref?.();
      else one?.unref?.();
    }
  }
}
