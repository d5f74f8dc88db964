/** A model that is on this disk, complete. */
export interface EnsuredModel {
  /**
   * `org/name`, also for a folder that is a snapshot of a cache. For any other folder that was named by its path,
   * `local/<name>-<hash>`.
   */
  readonly repoId: string;
  /** The requested branch, tag or commit, or the commit of a snapshot's folder. Null for any other folder. */
  readonly revision: string | null;
  /** The commit of the revision, 40 hex digits. Null for a folder that is no snapshot. */
  readonly commit: string | null;
  /** Absolute path of the folder with config and weights. */
  readonly path: string;
  /** True when no byte had to be fetched or copied. */
  readonly fromCache: boolean;
}

/** Where a model would lie, before anything is fetched. */
export interface ModelFolder {
  readonly repoId: string;
  /** Absolute. Its last part is a commit that may not be known yet. */
  readonly path: string;
}

/** Checks a place before the load. Throws when the engine would refuse it. */
export type CheckFolder = (place: ModelFolder) => Promise<void> | void;

/** A model with its adapter and draft model, all on this disk. */
export interface EngineModel extends EnsuredModel {
  /** Absolute folder of a LoRA adapter (`adapter_config.json`, `adapters.safetensors`). */
  readonly adapterPath?: string | undefined;
  /** The small model that drafts for speculative decoding. */
  readonly draft?: EnsuredModel | undefined;
}

/** The inputs of a load beside the model. */
export interface EngineLoadContext {
  /** Aborted when no caller waits for this load any more: free the loaded model, and settle. */
  readonly signal: AbortSignal;
  /** The caller's options for the engine, unchanged. */
  readonly engineOptions: Readonly<Record<string, unknown>>;
  /** Says something worth knowing that does not stop the load. */
  readonly warn: (code: string, message: string) => void;
}

/** A driver: it makes one kind of engine run a model from a folder. `testEngine` lists its duties. */
export interface Engine<Handle> {
  /** The engine's common name, for events and messages. */
  readonly name: string;
  /**
   * The loader that reads the weights. The architectures that it knows decide when a model is checked against this
   * machine.
   */
  readonly loader?: "mlx-lm" | undefined;
  /** True when loading a model drops the one before. */
  readonly holdsOne?: boolean | undefined;
  /** Whether it still has a model. Asked at intervals, where engines drop models by themselves. */
  has?(repoId: string): boolean;
  readonly supports: {
    /** LoRA adapters. */
    readonly adapters: boolean;
    /** Draft models. */
    readonly drafts: boolean;
  };
  /** Throws when the engine would refuse this id or folder. Asked before anything is fetched. */
  checkPlace?(place: ModelFolder): Promise<void> | void;
  /** The handle of exactly this model when it is loaded already. Asked first. */
  loaded?(model: EngineModel): Handle | undefined;
  /** Loads, and resolves when the model can answer. Its errors reach the caller unchanged. */
  load(model: EngineModel, context: EngineLoadContext): Promise<Handle>;
  /** Frees what `load` gave. */
  unload(handle: Handle): Promise<void>;
}
