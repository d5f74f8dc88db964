export { pythonEnv, type PythonEnv } from "./python-env.ts";
export { tempDir } from "./temp-dir.ts";
