// A Hub in a process of its own, for another network namespace: node hub-process.ts ADDRESS FILES. A line on standard
// input makes its second repo a gated one.
import { createInterface } from "node:readline";
import { createMemoryStore, serveHub } from "@mlx-download/hub-server";

const [host = "127.0.0.1", text = "{}"] = process.argv.slice(2);
const store = createMemoryStore();
const files = JSON.parse(text) as Parameters<typeof store.addRepo>[1];
await store.addRepo("acme/house", files);
const SECRET = "acme/secret-project";
await store.addRepo(SECRET, { "w.safetensors": { size: 3_000_000, seed: 9 } });
const hub = await serveHub({ store, host });
process.stdout.write(`${hub.url}\n`);
for await (const _ of createInterface({ input: process.stdin })) {
  store.changeSettings(SECRET, { gated: "auto" });
  process.stdout.write("gated\n");
}
