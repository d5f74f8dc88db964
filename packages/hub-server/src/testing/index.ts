export type { Fault, FaultEffect, FaultScope } from "./fault.ts";
export type { FaultHandle, FaultPlan } from "./fault-plan.ts";
export type { Quirks } from "./quirks.ts";
export type { LogFilter, RequestLog, RequestLogEntry } from "./request-log.ts";
export type { RequestTarget } from "./request-kind.ts";
export {
  startTestHub,
  type TestHub,
  type TestHubOptions,
  type TestRepoOptions,
} from "./test-hub.ts";
