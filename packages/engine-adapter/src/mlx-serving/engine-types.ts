/**
 * The members of the mlx-serving engine that the adapter needs, by shape alone: `Engine`, the result of
 * `createEngine()` and any object of that shape (`@defai.digital/mlx-serving`, `dist/index.d.ts` of 1.2). `MLXEngine`
 * does not fit, because it loads in its own constructor. Give it the result of `resolveLoadOptions`.
 */
export interface LoadableEngine<Handle extends EngineModelHandle = EngineModelHandle> {
  loadModel(options: EngineLoadOptions): Promise<Handle>;
  loadDraftModel?(options: EngineLoadOptions): Promise<Handle>;
  loadVisionModel?(options: EngineVisionOptions): Promise<unknown>;
  warmupModel?(options: EngineLoadOptions): Promise<void>;
  unloadModel?(id: string): Promise<void>;
  unloadDraftModel?(id?: string): Promise<void>;
  isDraftModelCompatible?(
    primary: string,
    draft: string,
  ): Promise<{ readonly compatible: boolean }>;
  getModelInfo?(id: string): Handle | undefined;
  emit?(event: never, ...payload: never[]): boolean;
}

/** What `loadModel` of the engine takes. */
export interface EngineLoadOptions {
  model: string | EngineModelDescriptor;
  draft?: boolean;
  revision?: string;
  quantization?: "none" | "int8" | "int4";
  localPath?: string;
  [key: string]: unknown;
}

/** The options of the engine's `loadVisionModel`. It has no `localPath`. */
export interface EngineVisionOptions {
  model: string;
  revision?: string;
  [key: string]: unknown;
}

/** The engine's long form of a model's name. */
export interface EngineModelDescriptor {
  id: string;
  source: "huggingface" | "local";
  modality: "text" | "vision" | "multimodal";
  family: "mlx-lm" | "mlx-vlm";
  path?: string;
  variant?: string;
}

/** The engine's handle of a loaded model. `contextLength` is its default, not the model's. */
export interface EngineModelHandle {
  descriptor: { id: string; path?: string };
  state: "loading" | "ready" | "failed";
  contextLength: number;
  metadata: Record<string, unknown>;
  draft?: boolean;
}
