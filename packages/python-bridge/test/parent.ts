// Starts a download through Python and lives until it is killed; says which process serves it.
import { download } from "@mlx-download/core";
import { PythonBackend } from "../src/index.ts";

const [python, endpoint, cacheDir] = process.argv.slice(2);
const backend = new PythonBackend({ python, env: { PATH: process.env["PATH"] } });
console.log((await backend.bridge.info()).pid);
await download("acme/tiny", { env: {}, endpoint, cacheDir, backend });
