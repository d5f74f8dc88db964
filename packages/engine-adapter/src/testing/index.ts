export { EngineClientError } from "./engine-client-error.ts";
export {
  createEngine,
  createMLXEngine,
  EngineDouble,
  type EngineDoubleOptions,
  type GenerateParams,
  type MLXEngineDouble,
  runtimeScript,
  type TokenChunk,
} from "./engine-double.ts";
export {
  type EngineHarness,
  type EngineStage,
  type RegisterTest,
  testEngine,
} from "./test-engine.ts";
