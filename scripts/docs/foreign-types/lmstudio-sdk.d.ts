// The part of LM Studio's SDK that the guides touch, in the shape of the types of @lmstudio/sdk 2.0.0 (npm).
declare module "@lmstudio/sdk" {
  export interface BaseLoadModelOpts {
    signal?: AbortSignal;
    ttl?: number;
    verbose?: boolean;
    onProgress?: (progress: number) => void;
  }

  export interface PredictionResult {
    readonly content: string;
  }

  export interface LLM {
    readonly identifier: string;
    readonly path: string;
    respond(chat: string): PromiseLike<PredictionResult>;
    unload(): Promise<void>;
  }

  export class LMStudioClient {
    readonly llm: {
      load(modelKey: string, opts?: BaseLoadModelOpts): Promise<LLM>;
      model(modelKey: string, opts?: BaseLoadModelOpts): Promise<LLM>;
    };
  }
}
