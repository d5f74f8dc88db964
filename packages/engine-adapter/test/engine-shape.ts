import type { installAutoDownload, LoadableEngine, loadModel } from "../src/index.ts";

// The public shape of mlx-serving 1.2's `Engine`, written down from its documentation, with interfaces (which have no
// index signature) and a typed emitter: what `tsc` must accept where the adapter wants an engine.

interface Descriptor {
  id: string;
  variant?: string;
  source: "huggingface" | "local";
  path?: string;
  tokenizer?: { type: string };
  modality: "text" | "vision" | "multimodal";
  family: "mlx-lm" | "mlx-vlm";
}

interface LoadOptions {
  model: string | Descriptor;
  draft?: boolean;
  revision?: string;
  quantization?: "none" | "int8" | "int4";
  parameters?: { temperature?: number };
  trustRemoteCode?: boolean;
  [key: string]: unknown;
}

interface Handle {
  descriptor: Descriptor;
  state: "loading" | "ready" | "failed";
  contextLength: number;
  metadata: Record<string, unknown>;
  draft?: boolean;
}

interface VisionOptions {
  model: string;
  revision?: string;
  quantization?: { bits: 4 | 8; groupSize?: number };
  preprocessing?: { resize?: number };
}

interface VisionHandle extends Omit<Handle, "descriptor"> {
  descriptor: Descriptor & { imageEncoder: string };
}

interface Events {
  "model:loaded": (event: { modelId: string; handle: Handle; timestamp: number }) => void;
  error: (event: { error: Error; timestamp: number }) => void;
}

interface Emitter {
  emit<T extends keyof Events>(event: T, ...args: Parameters<Events[T]>): boolean;
  on<T extends keyof Events>(event: T, listener: Events[T]): this;
}

interface Engine extends Emitter {
  loadModel(options: LoadOptions | string): Promise<Handle>;
  loadDraftModel(options: LoadOptions | string): Promise<Handle>;
  unloadModel(id: string): Promise<void>;
  unloadDraftModel(id?: string): Promise<void>;
  warmupModel(options: LoadOptions | string): Promise<void>;
  loadVisionModel(options: VisionOptions): Promise<VisionHandle>;
  isDraftModelCompatible(
    primary: string,
    draft: string,
  ): Promise<{ compatible: boolean; errors: string[]; details: object }>;
  getModelInfo(id: string): Handle | undefined;
  listModels(): Handle[];
}

/** `createMLXEngine()`'s result: it must not pass for an engine that loads. */
interface MLXEngine {
  init(): Promise<MLXEngine>;
  generate(prompt: string): Promise<string>;
  dispose(): Promise<void>;
}

declare const engine: Engine;
declare const whole: MLXEngine;
declare const load: typeof loadModel;
declare const install: typeof installAutoDownload;

/** Never called: that it compiles is the test. */
export function compiles(): unknown {
  const loadable: LoadableEngine<Handle> = engine;
  // @ts-expect-error: it has no loadModel
  const wrong: LoadableEngine = whole;
  const handle: Promise<Handle> = load(engine, "org/name");
  return [loadable, wrong, handle, install(engine)];
}
