// Loads a model into a server from a process of its own and asks it something.
import { mlxLmServer } from "../src/drivers/mlx-lm-server.ts";
import { loadModel } from "../src/index.ts";

const [endpoint, cacheDir, ref = "", server = ""] = process.argv.slice(2);
const options = { env: {}, endpoint, cacheDir, token: false } as const;
const model = await loadModel(mlxLmServer(server), ref, options);
for (let seed = 1, said = false; seed <= 8 && !said; seed += 1) {
  const chat = { maxTokens: 16, request: { temperature: 1, seed } };
  for await (const piece of model.chat([{ role: "user", content: "hi" }], chat))
    said ||= piece !== "";
  if (said) process.stdout.write("said something");
}
