// Loads a model into a server from a process of its own and asks it something.
import { mlxLmServer } from "../src/drivers/mlx-lm-server.ts";
import { loadModel } from "../src/index.ts";

const [endpoint, cacheDir, ref = "", server = ""] = process.argv.slice(2);
const options = { env: {}, endpoint, cacheDir, token: false } as const;
const model = await loadModel(mlxLmServer(server), ref, options);
const pieces: string[] = [];
for await (const piece of model.chat([{ role: "user", content: "hi" }], { maxTokens: 2 })) {
  pieces.push(piece);
}
process.stdout.write(`${pieces.length} pieces\n`);
