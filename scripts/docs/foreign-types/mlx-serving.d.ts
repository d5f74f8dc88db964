// The part of mlx-serving's types that the guides touch, in the shape of `dist/index.d.ts` of @defai.digital/mlx-serving
// 1.2.1 (github.com/defai-digital/mlx-serving, commit 62d6464). No registry has that package. Where MLX_SERVING_DIST names
// its built entry, the declarations beside that are used instead of these.
declare module "@defai.digital/mlx-serving" {
  interface GenerationStats {
    tokensGenerated: number;
    tokensPerSecond: number;
    timeToFirstToken: number;
  }

  interface EngineError {
    code?: string;
    message: string;
    details?: Record<string, unknown>;
  }

  export type GeneratorChunk =
    | {
        type: "token";
        token: string;
        tokenId?: number;
        logprob?: number;
        isFinal?: boolean;
        cumulativeText?: string;
      }
    | { type: "metadata"; stats: GenerationStats }
    | { type: "error"; error: EngineError };

  export interface GeneratorParams {
    model: string;
    prompt: string | { tokens: number[] };
    maxTokens?: number;
    temperature?: number;
    seed?: number;
  }

  export interface CreateGeneratorOptions {
    signal?: AbortSignal;
    streamId?: string;
    timeoutMs?: number;
    priority?: "urgent" | "default" | "background";
  }

  export interface ModelDescriptor {
    id: string;
    variant?: string;
    source: "huggingface" | "local";
    path?: string;
    modality: "text" | "vision" | "multimodal";
    family: "mlx-lm" | "mlx-vlm";
  }

  export interface LoadModelOptions {
    model: string | ModelDescriptor;
    draft?: boolean;
    revision?: string;
    quantization?: "none" | "int8" | "int4";
    parameters?: Partial<GeneratorParams>;
    trustRemoteCode?: boolean;
    [key: string]: unknown;
  }

  export interface LoadVisionModelOptions {
    model: string;
    revision?: string;
    quantization?: { bits: 4 | 8; groupSize?: number };
    preprocessing?: Record<string, unknown>;
  }

  export interface ModelHandle {
    descriptor: ModelDescriptor;
    state: "loading" | "ready" | "failed";
    contextLength: number;
    metadata: Record<string, unknown>;
    draft?: boolean;
  }

  export interface EngineEvents {
    "model:loaded": (event: { modelId: string; handle: ModelHandle; timestamp: number }) => void;
    "model:unloaded": (event: { modelId: string; timestamp: number }) => void;
    "model:invalidated": (event: {
      modelId: string;
      reason: "python_restart" | "unload" | "error";
      timestamp: number;
    }) => void;
    error: (event: { error: EngineError; context?: string; timestamp: number }) => void;
  }

  /** The engine's emitter is typed: it knows these events and no others. */
  interface TypedEmitter {
    on<T extends keyof EngineEvents>(event: T, listener: EngineEvents[T]): this;
    emit<T extends keyof EngineEvents>(event: T, ...payload: Parameters<EngineEvents[T]>): boolean;
  }

  export interface EnginePublicAPI {
    loadModel(options: LoadModelOptions | string): Promise<ModelHandle>;
    loadDraftModel(options: LoadModelOptions | string): Promise<ModelHandle>;
    loadVisionModel(options: LoadVisionModelOptions): Promise<ModelHandle>;
    warmupModel(options: LoadModelOptions | string): Promise<void>;
    unloadModel(id: string): Promise<void>;
    unloadDraftModel(id?: string): Promise<void>;
    isDraftModelCompatible(primary: string, draft: string): Promise<{ compatible: boolean }>;
    createGenerator(
      params: GeneratorParams,
      options?: CreateGeneratorOptions,
    ): AsyncGenerator<GeneratorChunk, void>;
    generate(params: GeneratorParams, options?: CreateGeneratorOptions): Promise<string>;
    listModels(): ModelHandle[];
    getModelInfo(id: string): ModelHandle | undefined;
    shutdown(): Promise<void>;
    dispose(): Promise<void>;
  }

  export interface Engine extends EnginePublicAPI, TypedEmitter {}

  export interface EngineOptions {
    pythonPath?: string;
    runtimePath?: string;
    cacheDir?: string;
    cache?: { enabled?: boolean; cacheDir?: string; maxSizeBytes?: number };
  }

  /** It loads in its own engine, and has no `loadModel`. */
  export class MLXEngine {
    constructor(modelPath: string | LoadModelOptions);
    init(): Promise<this>;
    generate(prompt: string, params?: Partial<GeneratorParams>): Promise<string>;
    getEngine(): EnginePublicAPI | null;
    isInitialized(): boolean;
    dispose(): Promise<void>;
  }

  export function createEngine(options?: EngineOptions): Promise<Engine>;
  export function createMLXEngine(modelPath: string | LoadModelOptions): Promise<MLXEngine>;

  export function load_model(
    model: string | LoadModelOptions,
    options?: Partial<Omit<LoadModelOptions, "model">>,
  ): Promise<ModelHandle>;
  export function generate(
    model: ModelHandle,
    prompt: string,
    params?: Record<string, unknown>,
  ): Promise<string>;
  export function shutdown(): Promise<void>;
  /** Null until the first function of the module has made the engine. */
  export function getEngine(): EnginePublicAPI | null;
}
