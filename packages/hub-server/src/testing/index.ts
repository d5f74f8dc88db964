export type { TreeOverride } from "./answer-request.ts";
export type { Fault, FaultEffect, FaultScope } from "./fault.ts";
export type { FaultHandle, FaultPlan } from "./fault-plan.ts";
export type { Quirks } from "./quirks.ts";
export type { LogFilter, RequestLog, RequestLogEntry } from "./request-log.ts";
export type { RequestTarget } from "./request-kind.ts";
export {
  startTestHub,
  type TestHub,
  type TestHubOptions,
  type TestXet,
  type TestRepoOptions,
} from "./test-hub.ts";
export { writeSafetensors, type Tensor } from "./safetensors-writer.ts";
export { tinyModelFiles, writeTinyModel, type TinyModelOptions } from "./tiny-model.ts";
export type { FileContent } from "../store/file-content.ts";
export { type HollowModel, type HollowModelOptions, writeHollowModel } from "./hollow-model.ts";
