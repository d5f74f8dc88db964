export { type InstalledMlx, readInstalledMlx } from "./installed-mlx.ts";
export { PythonBridgeError, type PythonErrorCode } from "./errors.ts";
export { PythonBackend } from "./python-backend.ts";
export { PythonBridge, type CallOptions, type PythonBridgeOptions } from "./python-bridge.ts";
export type { PythonInfo } from "./python-info.ts";
export type { PythonRuntime } from "./python-runtime.ts";
