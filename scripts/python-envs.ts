// pnpm python-envs: brings the Python environments of the interop suites into .toolchain/python and says where.
import { fileURLToPath } from "node:url";
import { bringPythonEnvs } from "./python/envs.ts";

process.stdout.write(`${await bringPythonEnvs(fileURLToPath(new URL("..", import.meta.url)))}\n`);
