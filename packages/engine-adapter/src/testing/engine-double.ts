import { EventEmitter } from "node:events";
import { fileURLToPath } from "node:url";
import type {
  EngineLoadOptions,
  EngineModelDescriptor,
  EngineModelHandle,
  EngineVisionOptions,
} from "../mlx-serving/engine-types.ts";
import { EngineClientError } from "./engine-client-error.ts";
import { type RuntimeClient, startRuntime } from "./runtime-client.ts";

/** Absolute path of the stand-in runtime: for the double, and for the real engine's `runtimePath`. */
export const runtimeScript: string = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./runtime.ts" : "./runtime.js", import.meta.url),
);

/** What `createEngine` takes, as far as the double cares. */
export interface EngineDoubleOptions {
  /** The program that runs the runtime. Default: this Node. */
  readonly pythonPath?: string;
  /** Default: {@link runtimeScript}. */
  readonly runtimePath?: string;
  readonly cache?: { readonly enabled?: boolean };
}

/** A token of a stream. */
export interface TokenChunk {
  readonly type: "token";
  readonly token: string;
  readonly isFinal?: boolean;
}

/** The parameters of generation. */
export interface GenerateParams {
  readonly model: string;
  readonly prompt: string;
  readonly maxTokens?: number;
}

const MAX_LOADED = 5;

/**
 * Behaves as mlx-serving's `Engine` does, oddities included: ids alone tell models apart, `localPath` is not looked
 * at when loads are merged, unknown options are dropped, and at five models the load that makes room fails itself.
 */
export class EngineDouble extends EventEmitter {
  readonly #runtime: RuntimeClient;
  readonly #handles = new Map<string, EngineModelHandle & { revision?: string | undefined }>();
  readonly #loading = new Map<string, Promise<EngineModelHandle>>();
  #streams = 0;

  constructor(runtime: RuntimeClient) {
    super();
    this.#runtime = runtime;
  }

  readonly load_model = (options: EngineLoadOptions | string): Promise<EngineModelHandle> =>
    this.loadModel(options);
  readonly unload_model = (id: string): Promise<void> => this.unloadModel(id);
  readonly load_draft_model = (options: EngineLoadOptions): Promise<EngineModelHandle> =>
    this.loadDraftModel(options);

  async loadModel(given: EngineLoadOptions | string): Promise<EngineModelHandle> {
    const { descriptor, options } = normalise(given);
    const { revision, quantization, draft = false } = options;
    const { id } = descriptor;
    const known = this.#handles.get(id);
    if (known?.state === "ready" && known.draft === draft && known.revision === revision)
      return known;
    const key = [id, draft, revision, quantization].join("|");
    const loading = this.#loading.get(key) ?? this.#load(descriptor, options);
    this.#loading.set(key, loading);
    try {
      return await loading;
    } finally {
      this.#loading.delete(key);
    }
  }

  async #load(
    descriptor: EngineModelDescriptor,
    { revision, quantization, draft = false, localPath }: EngineLoadOptions,
  ): Promise<EngineModelHandle> {
    const { id } = descriptor;
    if (!this.#handles.has(id) && this.#handles.size >= MAX_LOADED) {
      const [oldest] = this.#handles.keys();
      if (oldest !== undefined) {
        this.#handles.delete(oldest);
        await this.#runtime.call("unload_model", { model_id: oldest });
      }
      throw new EngineClientError(
        "ModelLoadError",
        `Failed to load ${id}: maximum number of loaded models (${MAX_LOADED}) reached`,
      );
    }
    const result = await this.#runtime.call("load_model", {
      model_id: id,
      draft,
      ...(revision !== undefined && { revision }),
      ...(quantization !== undefined && { quantization }),
      ...((localPath ?? descriptor.path) !== undefined && {
        local_path: localPath ?? descriptor.path,
      }),
    });
    const handle = {
      descriptor: { ...descriptor },
      state: "ready" as const,
      contextLength: 8192,
      metadata: { ...result },
      draft,
      revision,
    };
    this.#handles.set(id, handle);
    this.emit("model:loaded", { modelId: id, handle, timestamp: Date.now() });
    return handle;
  }

  async loadDraftModel(options: EngineLoadOptions): Promise<EngineModelHandle> {
    return this.loadModel({ ...options, draft: true });
  }

  async warmupModel(options: EngineLoadOptions | string): Promise<void> {
    await this.loadModel(options);
  }

  async loadVisionModel(options: EngineVisionOptions): Promise<EngineModelHandle> {
    const { model, revision = "main" } = options;
    const params = { model_id: model, revision, quantization: null, local_path: null };
    const metadata = await this.#runtime.call("load_vision_model", params);
    const handle: EngineModelHandle = {
      descriptor: { id: model },
      state: "ready",
      contextLength: 8192,
      metadata,
    };
    this.#handles.set(model, handle);
    return handle;
  }

  async unloadModel(id: string): Promise<void> {
    this.#handles.delete(id);
    await this.#runtime.call("unload_model", { model_id: id });
    this.emit("model:unloaded", { modelId: id, timestamp: Date.now() });
  }

  async unloadDraftModel(id?: string): Promise<void> {
    const drafts = [...this.#handles].filter(([key, one]) => one.draft && (id ?? key) === key);
    for (const [key] of drafts) await this.unloadModel(key);
  }

  async isDraftModelCompatible(primary: string, draft: string): Promise<{ compatible: boolean }> {
    await this.#runtime.call("check_draft", { primary_id: primary, draft_id: draft });
    return { compatible: true };
  }

  getModelInfo(id: string): EngineModelHandle | undefined {
    return this.#handles.get(id);
  }

  listModels(): EngineModelHandle[] {
    return [...this.#handles.values()];
  }

  async tokenize({ model, text }: { model: string; text: string }): Promise<{ tokens: number[] }> {
    const { tokens } = await this.#runtime.call("tokenize", { model_id: model, text });
    return { tokens: tokens as number[] };
  }

  async *createGenerator(params: GenerateParams): AsyncGenerator<TokenChunk, void, undefined> {
    this.#streams += 1;
    const streamId = `stream-${process.pid}-${this.#streams}`;
    const chunks: TokenChunk[] = [];
    const ended = Promise.withResolvers<void>();
    this.#runtime.onNotification((method, { stream_id, token, is_final }) => {
      if (stream_id !== streamId) return;
      if (method === "stream.chunk") {
        chunks.push({ type: "token", token: String(token), isFinal: is_final === true });
      }
      if (method === "stream.event") ended.resolve();
    });
    const { model, prompt, maxTokens: max_tokens } = params;
    await this.#runtime.call("generate", {
      model_id: model,
      prompt,
      stream_id: streamId,
      max_tokens,
    });
    await ended.promise;
    yield* chunks;
  }

  async generate(params: GenerateParams): Promise<string> {
    let text = "";
    for await (const { token } of this.createGenerator(params)) text += token;
    return text;
  }

  async shutdown(): Promise<void> {
    await this.#runtime.call("shutdown").catch(() => undefined);
    await this.#runtime.close();
  }

  async dispose(): Promise<void> {
    await this.shutdown();
  }
}

function normalise(given: EngineLoadOptions | string): {
  readonly descriptor: EngineModelDescriptor;
  readonly options: EngineLoadOptions;
} {
  const options: EngineLoadOptions = typeof given === "string" ? { model: given } : { ...given };
  const model = options.model ?? options["model_id"];
  const path = options.localPath ?? (options["local_path"] as string | undefined);
  const descriptor: EngineModelDescriptor =
    typeof model === "object"
      ? model
      : { id: model, source: "huggingface", modality: "text", family: "mlx-lm" };
  return { descriptor, options: path === undefined ? options : { ...options, localPath: path } };
}

/** As mlx-serving's `createEngine`: starts the runtime process. */
export async function createEngine(options: EngineDoubleOptions = {}): Promise<EngineDouble> {
  const { pythonPath = process.execPath, runtimePath = runtimeScript } = options;
  return new EngineDouble(await startRuntime(pythonPath, runtimePath));
}

/** As mlx-serving's `MLXEngine`: an engine of its own around one model. It has no `loadModel`. */
export interface MLXEngineDouble {
  generate(prompt: string): Promise<string>;
  generateStream(prompt: string): AsyncGenerator<TokenChunk, void, undefined>;
  getModelHandle(): EngineModelHandle;
  getEngine(): EngineDouble;
  dispose(): Promise<void>;
}

/** As mlx-serving's `createMLXEngine`: loads at once, so there is no moment to hook. */
export async function createMLXEngine(model: string | EngineLoadOptions): Promise<MLXEngineDouble> {
  const engine = await createEngine();
  const handle = await engine.loadModel(model).catch(async (error: unknown) => {
    await engine.dispose();
    throw error;
  });
  const { id } = handle.descriptor;
  return {
    generate: (prompt) => engine.generate({ model: id, prompt }),
    generateStream: (prompt) => engine.createGenerator({ model: id, prompt }),
    getModelHandle: () => handle,
    getEngine: () => engine,
    dispose: () => engine.dispose(),
  };
}
