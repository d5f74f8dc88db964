// npm start: the whole road on this machine alone. A Hub with one tiny model, and the real command line that downloads
// from it into a cache of its own, which stays so that the printed path can be looked at.
import { spawn } from "node:child_process";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestHub, tinyModelFiles } from "@mlx-download/hub-server/testing";
import { hubEnvironment } from "./hub-environment.ts";

const repoId = "mlx-community/tiny-llama-4bit";
const bin = fileURLToPath(new URL("../packages/cli/dist/bin.js", import.meta.url));

const hub = await startTestHub();
await hub.addRepo(repoId, tinyModelFiles());
// Slow enough to be watched, where somebody watches.
if (process.stderr.isTTY) hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 20_000 });
const home = await mkdtemp(join(tmpdir(), "mlx-download-demo-"));

process.stderr.write(`A Hub with one tiny model is at ${hub.url}, on this machine only.\n`);
process.stderr.write(`$ HF_ENDPOINT=${hub.url} HF_HOME=${home} mlx-download ${repoId}\n\n`);
const child = spawn(process.execPath, [bin, repoId], {
  env: hubEnvironment(process.env, { endpoint: hub.url, home }),
  stdio: "inherit",
});
// A terminal sends Ctrl-C to the child as well.
process.on("SIGINT", () => process.stderr.isTTY || child.kill("SIGINT"));
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.exitCode = await new Promise<number>((resolve, reject) => {
  child.once("error", reject);
  child.once("exit", (code) => resolve(code ?? 1));
});
await hub.close();
if (process.exitCode === 0) {
  process.stderr.write("\nA real one: npm start -- mlx-community/Qwen3-0.6B-4bit\n");
}
