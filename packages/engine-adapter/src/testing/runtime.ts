// A double of mlx-serving's Python runtime: newline-delimited JSON-RPC 2.0 on stdin and stdout, logs on stderr. It
// makes the real one's checks and "loads" any folder that holds a config and weights. It does not download: a load
// without `local_path` fails. A file named `hold` in a model's folder keeps its load waiting until it is gone (a file
// `holding` beside it says that it waits). One named `weights-missing` makes it fail as the strict weight loader does.
import { readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

type Params = Readonly<Record<string, unknown>>;

class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const CODES = { modelLoad: -32001, notLoaded: -32005, invalidParams: -32602, unknown: -32601 };
const models = new Map<string, { readonly path: string; readonly type: "text" | "vision" }>();

const send = (message: object): void =>
  void process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);

function textOf(params: Params, key: string, limit: number): string {
  const value = params[key];
  if (typeof value === "string" && value !== "" && value.length <= limit) return value;
  throw new RpcError(CODES.invalidParams, `${key} must be text of at most ${limit} characters`);
}

function modelIdOf(params: Params): string {
  const id = textOf(params, "model_id", 512);
  if (/^[a-zA-Z0-9_\-./@:]+$/.test(id) && !id.includes("..")) return id;
  throw new RpcError(CODES.invalidParams, `model_id contains invalid characters: ${id}`);
}

async function load(params: Params, type: "text" | "vision"): Promise<object> {
  const id = modelIdOf(params);
  if (params["revision"] !== undefined) textOf(params, "revision", 256);
  const given = type === "vision" && id.startsWith("/") ? id : params["local_path"];
  if (typeof given !== "string") {
    throw new RpcError(CODES.modelLoad, `${id} has no local_path: the runtime would download it`);
  }
  if (given.includes("..") || given.includes("~") || given.length > 4096) {
    throw new RpcError(CODES.invalidParams, `local_path is not allowed: ${given}`);
  }
  const files = filesOf(given);
  if (files.includes("hold")) writeFileSync(join(given, "holding"), "");
  while (filesOf(given).includes("hold")) await new Promise((resolve) => setTimeout(resolve, 5));
  if (
    !files.includes("config.json") ||
    !files.some((name) => /^model.*\.safetensors$/.test(name))
  ) {
    throw new RpcError(CODES.modelLoad, `No safetensors found in ${given}`);
  }
  if (files.includes("weights-missing")) {
    throw new RpcError(CODES.modelLoad, "Missing 1 parameters: model.norm.weight");
  }
  models.set(id, { path: given, type });
  return {
    model_id: id,
    state: "ready",
    context_length: 8192,
    parameter_count: 1,
    dtype: "float16",
    is_vision_model: type === "vision",
    cached_path: given,
    ...(type === "vision" && { processor_type: "stand-in", image_size: 224 }),
  };
}

function filesOf(path: string): readonly string[] {
  try {
    if (statSync(path).isDirectory()) return readdirSync(path);
  } catch {
    // Falls through to the one message that the runtime has.
  }
  throw new RpcError(CODES.modelLoad, `Local path is not a directory: ${path}`);
}

function generate(params: Params): object {
  const id = modelIdOf(params);
  if (!models.has(id)) throw new RpcError(CODES.notLoaded, `Model not loaded: ${id}`);
  const streamId = textOf(params, "stream_id", 512);
  const tokens = ["one", " two", " three"];
  // After the answer, as the real one does.
  setImmediate(() => {
    for (const [index, token] of tokens.entries()) {
      const last = index === tokens.length - 1;
      notify("stream.chunk", { stream_id: streamId, token, token_id: index, is_final: last });
    }
    notify("stream.stats", {
      stream_id: streamId,
      tokens_generated: tokens.length,
      tokens_per_second: 100,
      time_to_first_token: 0.001,
      total_time: 0.03,
    });
    const end = { event: "completed", finish_reason: "stop", is_final: true };
    notify("stream.event", { stream_id: streamId, ...end });
  });
  return { stream_id: streamId, started_at: Date.now() / 1000 };
}

const notify = (method: string, params: object): void => send({ method, params });

const methods: Readonly<Record<string, (params: Params) => object | Promise<object>>> = {
  "runtime/info": () => ({
    version: "0.0.0",
    mlx_version: "0.0.0",
    protocol: "json-rpc-2.0",
    capabilities: ["load_model", "generate", "tokenize"],
    mlx_supported: false,
    memory: { rss: process.memoryUsage.rss(), vms: 0 },
  }),
  "runtime/state": () => ({
    loaded_models: [...models].map(([id, { type }]) => ({ model_id: id, state: "ready", type })),
    active_streams: 0,
    restart_count: 0,
  }),
  load_model: (params) => load(params, "text"),
  load_vision_model: (params) => load(params, "vision"),
  unload_model: (params) => ({ success: models.delete(modelIdOf(params)) }),
  generate,
  tokenize: (params) => ({ tokens: [...Buffer.from(textOf(params, "text", 1e6))] }),
  check_draft: () => ({ compatible: true }),
  shutdown: () => {
    setImmediate(() => process.exit(0));
    return { success: true };
  },
};

async function answer(line: string): Promise<void> {
  const {
    id,
    method,
    params = {},
  } = JSON.parse(line) as {
    readonly id?: unknown;
    readonly method: string;
    readonly params?: Params;
  };
  try {
    const run = methods[method];
    if (!run) throw new RpcError(CODES.unknown, `Method not found: ${method}`);
    send({ id, result: await run(params) });
  } catch (error) {
    const { code = -32099, message } = error as {
      readonly code?: number;
      readonly message: string;
    };
    send({ id, error: { code, message, data: { model_id: params["model_id"] } } });
  }
}

createInterface({ input: process.stdin })
  .on("line", (line) => void answer(line))
  .on("close", () => process.exit(0));
process.stderr.write("MLX Runtime ready\n");
