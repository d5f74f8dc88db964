export { pythonEnv, type PythonEnv } from "./python-env.ts";
export { becomeOrdinaryUser } from "./ordinary-user.ts";
export { run, type RunOptions, type RunResult } from "./run.ts";
export { tempDir } from "./temp-dir.ts";
export { writeTree } from "./write-tree.ts";
