import type { Engine, EngineModel } from "../contract/engine.ts";

/** The parts that a program supplies when it loads models from a folder itself. */
export interface DirectoryEngineOptions<Handle> {
  /** For events and messages. Default `directory`. */
  readonly name?: string | undefined;
  /** Loads the model in a folder. The signal is aborted when no caller waits any more: free the loaded model. */
  readonly load: (
    path: string,
    context: { readonly model: EngineModel; readonly signal: AbortSignal },
  ) => Promise<Handle> | Handle;
  readonly unload?: ((handle: Handle) => Promise<void> | void) | undefined;
  /** Does `load` look at `model.adapterPath` and `model.draft`? Default: no. */
  readonly supports?: Partial<Engine<Handle>["supports"]> | undefined;
}

/** A driver around any function that loads a model from a folder, such as `@frost-beta/llm`'s `loadModel`. */
export function directoryEngine<Handle>(options: DirectoryEngineOptions<Handle>): Engine<Handle> {
  const { name = "directory", load, unload, supports } = options;
  return {
    name,
    supports: { adapters: false, drafts: false, ...supports },
    async load(model, { signal }) {
      const handle = await load(model.path, { model, signal });
      if (signal.aborted) {
        await unload?.(handle);
        signal.throwIfAborted();
      }
      return handle;
    },
    async unload(handle) {
      await unload?.(handle);
    },
  };
}
