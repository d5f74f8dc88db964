export type { Engine, EngineLoadContext, EngineModel } from "./engine.ts";
export { ensureModel, type EnsuredModel, type ModelPlace } from "./ensure-model.ts";
export {
  EngineAdapterError,
  type EngineAdapterErrorCode,
  type EngineAdapterErrorDetails,
} from "./errors.ts";
export type { EngineEvent, LoadEventBody, OnEngineEvent } from "./events.ts";
export { installAutoDownload } from "./install-auto-download.ts";
export { loadModel, type LoadModelOptions } from "./load-model.ts";
export { loadOrDownloadModel } from "./load-or-download-model.ts";
export type {
  EngineLoadOptions,
  EngineModelDescriptor,
  EngineModelHandle,
  EngineVisionOptions,
  LoadableEngine,
} from "./mlx-serving/engine-types.ts";
export { mlxServingEngine } from "./mlx-serving/mlx-serving-engine.ts";
export {
  createModelResolver,
  type ModelResolver,
  type ResolveCall,
  type ResolvedLoadOptions,
} from "./model-resolver.ts";
export type { EnsureOptions, LoadOptions } from "./options.ts";
export { prefetch } from "./prefetch.ts";
export { unloadModel } from "./unload-model.ts";
