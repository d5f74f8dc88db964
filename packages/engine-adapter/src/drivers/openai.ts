import type { Engine, EngineModel } from "../contract/engine.ts";
import { EngineAdapterError } from "../contract/errors.ts";
import { letModelsGo } from "../load/model-holds.ts";
import { type ProbedServerKind, type ServedModel, servedEngine } from "./served-engine.ts";
import { type ServerProcess, startServerProcess } from "./server-process.ts";

export type { ChatMessage, ChatOptions, ServedModel } from "./served-engine.ts";

/** The options of a server with OpenAI's API, beside the model. */
export interface OpenAiServerOptions {
  /** For events and messages. Default `OpenAI-compatible server`. */
  readonly name?: string | undefined;
  /** Sent as `Authorization: Bearer …`, to this server alone. */
  readonly apiKey?: string | undefined;
  /** The `model` field of requests. Default: the folder. */
  readonly modelName?: ((model: EngineModel) => string) | undefined;
  /** The request's field for the folder of a LoRA adapter, where the server has one. */
  readonly adapterField?: string | undefined;
  /** The request's field for the folder of a draft model, where the server has one. */
  readonly draftField?: string | undefined;
  /** Whether mlx-lm reads the weights, so that its table of architectures counts. Default: yes. */
  readonly byMlxLm?: boolean | undefined;
}

/**
 * The driver of any server with OpenAI's API that runs already and loads the model that a request names by its folder.
 * `url` is its base. A model is loaded when the server has answered a chat of two tokens. `engineOptions` are further
 * fields of that request. The server must see the same disk. Throws `engine/invalid-input` for an invalid address.
 */
export function openAiServer(url: string, options: OpenAiServerOptions = {}): Engine<ServedModel> {
  return servedEngine(kindOf(options), url);
}

/** How a server is started for one model. */
export interface OpenAiServerStart {
  readonly model: EngineModel;
  /** A free port of 127.0.0.1, on which it is to listen. */
  readonly port: number;
}

/** Options of `openAiServerPerModel`. */
export interface OpenAiServerPerModelOptions extends OpenAiServerOptions {
  /** Program and arguments that serve a model, such as `["vllm-mlx", "serve", model.path, "--port", String(port)]`. */
  readonly command: (start: OpenAiServerStart) => readonly string[];
  /** Environment of the servers. Default: ours. They never get the Hub's token and never ask the Hub. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** The path that answers with 2xx once a server is up. Default `/v1/models`. */
  readonly healthPath?: string | undefined;
  /** The longest time until a server answers, in ms. It may load the model meanwhile. Default 600 000. */
  readonly startTimeoutMs?: number | undefined;
}

/** Servers of ours, one a model. */
export interface OpenAiServerPerModel extends Engine<ServedModel> {
  /** Ends all of them. */
  readonly close: () => Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * The driver of servers that are started with the one model they serve (vllm-mlx, mlx-openai-server …): `load` starts one
 * on a free port of loopback and waits until it answers, `unload` ends it. They end with this process, whatever ends it.
 */
export function openAiServerPerModel(options: OpenAiServerPerModelOptions): OpenAiServerPerModel {
  const kind = kindOf(options);
  const { command, healthPath = "/v1/models", startTimeoutMs = 600_000 } = options;
  const { HF_TOKEN: _, HUGGING_FACE_HUB_TOKEN: __, ...env } = options.env ?? process.env;
  const servers = new Map<ServedModel, ServerProcess>();
  const engine: OpenAiServerPerModel = {
    name: kind.name,
    ...(kind.loader && { loader: kind.loader }),
    supports: kind.supports,
    async load(model, context) {
      const server = await startServerProcess({
        engine: kind.name,
        commandFor: (port) => command({ model, port }),
        env: { ...env, HF_HUB_OFFLINE: "1", PYTHONUNBUFFERED: "1" },
        healthPath,
        apiKey: options.apiKey,
        startTimeoutMs,
        signal: context.signal,
      });
      try {
        const served = await servedEngine(kind, server.url).load(model, context);
        servers.set(served, server);
        return served;
      } catch (error) {
        await server.close();
        throw error;
      }
    },
    async unload(served) {
      const server = servers.get(served);
      servers.delete(served);
      await server?.close();
    },
    async close() {
      const closing = [...servers.values()];
      servers.clear();
      await Promise.all(closing.map((server) => server.close()));
      await letModelsGo(engine);
    },
    [Symbol.asyncDispose]: () => engine.close(),
  };
  return engine;
}

function kindOf(options: OpenAiServerOptions): ProbedServerKind {
  const { name = "OpenAI-compatible server", adapterField, draftField, byMlxLm = true } = options;
  if (options.apiKey !== undefined && !/^[\x21-\x7e]+$/.test(options.apiKey)) {
    throw new EngineAdapterError(
      `The key for ${name} has characters that no header takes`,
      "engine/invalid-input",
      {
        hint: "Give it without spaces or line ends.",
        data: { engine: name },
      },
    );
  }
  return {
    name,
    ...(byMlxLm && { loader: "mlx-lm" as const }),
    supports: { adapters: adapterField !== undefined, drafts: draftField !== undefined },
    adapterField,
    draftField,
    apiKey: options.apiKey,
    modelName: options.modelName,
    probe: {
      path: "v1/chat/completions",
      body: { messages: [{ role: "user", content: "." }], max_tokens: 2, stream: true },
      loadedBy: "status",
    },
  };
}
