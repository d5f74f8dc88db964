import type { Engine } from "../contract/engine.ts";
import { letModelsGo } from "../load/model-holds.ts";
import { type ServedModel, servedEngine } from "./served-engine.ts";
import { startServerProcess } from "./server-process.ts";

export type { ChatMessage, ChatOptions, ServedModel } from "./served-engine.ts";

// mlx_lm 0.32, server.py: a request loads the model that it names, unless that is loaded already.
const KIND = {
  name: "mlx_lm.server",
  loader: "mlx-lm",
  holdsOne: true,
  supports: { adapters: true, drafts: true },
  adapterField: "adapters",
  draftField: "draft_model",
  probe: { path: "v1/completions", body: { prompt: ".", max_tokens: 1 }, loadedBy: "answer" },
} as const;

/**
 * The driver of an `mlx_lm.server` that runs already. `url` is its base (`http://127.0.0.1:8080`). It must see the same
 * disk, since models are named by their folder.
 */
export function mlxLmServer(url: string): Engine<ServedModel> {
  return servedEngine(KIND, url);
}

/** Options of `startMlxLmServer`. */
export interface StartMlxLmServerOptions {
  /** Program and first arguments. Default `mlx_lm.server`. For a virtual environment: `[".venv/bin/mlx_lm.server"]`. */
  readonly command?: readonly string[] | undefined;
  /** Further arguments, such as `--kv-bits 8`. */
  readonly args?: readonly string[] | undefined;
  /** Its environment. Default: ours. It never gets the Hub's token and never asks the Hub. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** How long Python may take until it answers, in ms. Default 120 000. */
  readonly startTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A server of ours, with its driver's functions. */
export interface MlxLmServer extends Engine<ServedModel> {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly pid: number;
  /** Ends the server. */
  readonly close: () => Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts `mlx_lm.server` on a free port of loopback, without a model, and waits until it answers. Pages in a browser
 * cannot use it. Throws `engine/start-failed`.
 */
export async function startMlxLmServer(
  options: StartMlxLmServerOptions = {},
): Promise<MlxLmServer> {
  const { command = ["mlx_lm.server"], args = [], startTimeoutMs = 120_000, signal } = options;
  const { HF_TOKEN: _, HUGGING_FACE_HUB_TOKEN: __, ...env } = options.env ?? process.env;
  const server = await startServerProcess({
    engine: KIND.name,
    // By default every web page may read its answers.
    commandFor: (port) => [
      ...command,
      "--host=127.0.0.1",
      `--port=${port}`,
      `--allowed-origins=http://127.0.0.1:${port}`,
      ...args,
    ],
    env: { ...env, HF_HUB_OFFLINE: "1", PYTHONUNBUFFERED: "1" },
    healthPath: "/health",
    startTimeoutMs,
    signal,
  });
  const { url, pid } = server;
  const close = async (): Promise<void> => {
    await server.close();
    await letModelsGo(engine);
  };
  const engine = { ...mlxLmServer(url), url, pid, close, [Symbol.asyncDispose]: close };
  return engine;
}
