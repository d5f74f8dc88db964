// node compile-chunks.js FOLDER [WORDS…]: runs the command from the chunks in FOLDER with these words, and writes beside each
// chunk that was loaded what V8 has made of it by then. Without words every chunk is compiled, and none runs. The Node
// that runs it is the one of the executable: V8 takes nothing of another one.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type ChunkScript, compileChunk, requireChunks } from "./chunks.ts";

const [folder = ".", ...words] = process.argv.slice(2);
const scripts = new Map<string, ChunkScript>();
const store = {
  text: (name: string) => readFileSync(join(folder, name), "utf8"),
  compiled: (name: string) => {
    const path = join(folder, `${name}.compiled`);
    return existsSync(path) ? readFileSync(path) : undefined;
  },
};
process.on("exit", () => {
  for (const [name, script] of scripts) {
    writeFileSync(join(folder, `${name}.compiled`), script.createCachedData());
  }
});
if (words.length === 0) {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  for (const name of names.filter((one) => one.endsWith(".js"))) {
    scripts.set(name, compileChunk(name, store));
  }
} else {
  const load = requireChunks(store, (name, script) => void scripts.set(name, script));
  const { runCli } = load("run-cli.js") as typeof import("../../../packages/cli/src/run-cli.ts");
  process.exitCode = await runCli(words, "0.0.0");
}
