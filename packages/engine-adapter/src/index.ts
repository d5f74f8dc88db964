export type { Engine, EngineLoadContext, EngineModel } from "./contract/engine.ts";
export type { EnsuredModel, ModelFolder } from "./contract/engine.ts";
export { ensureModel } from "./ensure/ensure-model.ts";
export {
  EngineAdapterError,
  type EngineAdapterErrorCode,
  type EngineAdapterErrorDetails,
} from "./contract/errors.ts";
export type { EngineEvent, LoadEventBody, OnEngineEvent } from "./contract/events.ts";
export { installAutoDownload } from "./hook/install-auto-download.ts";
export { loadModel, type LoadModelOptions } from "./load/load-model.ts";
export { loadOrDownloadModel } from "./ensure/load-or-download-model.ts";
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
} from "./hook/model-resolver.ts";
export type { EnsureOptions, LoadOptions } from "./contract/options.ts";
export { prefetch } from "./ensure/prefetch.ts";
export { unloadModel } from "./load/unload-model.ts";
