/** A model that is on this disk, complete. */
export interface EnsuredModel {
  /**
   * `org/name`, also for a folder that is a snapshot of a cache; for any other folder that was named by its path,
   * `local/<name>-<hash>`.
   */
  readonly repoId: string;
  /** The branch, tag or commit that was asked for, the commit of a snapshot's folder; null for any other folder. */
  readonly revision: string | null;
  /** What the revision is, 40 hex digits; null for a folder that is no snapshot. */
  readonly commit: string | null;
  /** Absolute path of the folder with config and weights. */
  readonly path: string;
  /** True when no byte had to be fetched or copied. */
  readonly fromCache: boolean;
}

/** Where a model would lie, before anything is fetched. */
export interface ModelPlace {
  readonly repoId: string;
  /** Absolute; its last part is a commit that may not be known yet. */
  readonly path: string;
}

/** What an engine has against a place; throws when it would refuse it. */
export type CheckPlace = (place: ModelPlace) => Promise<void> | void;

/** A model with what goes on top of it, all on this disk. */
export interface EngineModel extends EnsuredModel {
  /** Absolute folder of a LoRA adapter (`adapter_config.json`, `adapters.safetensors`). */
  readonly adapterPath?: string | undefined;
  /** The small model that drafts for speculative decoding. */
  readonly draft?: EnsuredModel | undefined;
}

/** What a load is given beside the model. */
export interface EngineLoadContext {
  /** Aborted when nobody waits for this load any more: free what was loaded, and settle. */
  readonly signal: AbortSignal;
  /** What the caller wants the engine to be told, as it is. */
  readonly engineOptions: Readonly<Record<string, unknown>>;
  /** Says something worth knowing that does not stop the load. */
  readonly warn: (code: string, message: string) => void;
}

/** A driver: how one kind of engine is told to run a model from a folder. `testEngine` says what one must do. */
export interface Engine<Handle> {
  /** As people call it; in events and messages. */
  readonly name: string;
  /** What reads the weights; the architectures that it knows then count when a model is held against this machine. */
  readonly loader?: "mlx-lm" | undefined;
  /** True when loading a model drops the one before. */
  readonly holdsOne?: boolean | undefined;
  /** Whether it still has a model; asked now and then, where engines drop models by themselves. */
  has?(repoId: string): boolean;
  readonly supports: {
    /** LoRA adapters. */
    readonly adapters: boolean;
    /** Draft models. */
    readonly drafts: boolean;
  };
  /** Throws when the engine would refuse this id or folder. Asked before anything is fetched. */
  checkPlace?(place: ModelPlace): Promise<void> | void;
  /** What is loaded already of exactly this model; asked first. */
  loaded?(model: EngineModel): Handle | undefined;
  /** Loads, and resolves when the model can answer. What it rejects with reaches the caller untouched. */
  load(model: EngineModel, context: EngineLoadContext): Promise<Handle>;
  /** Frees what `load` gave. */
  unload(handle: Handle): Promise<void>;
}
