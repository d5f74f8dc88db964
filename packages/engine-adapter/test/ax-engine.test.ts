import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { scanCache } from "@mlx-download/cache";
import { verifyModels } from "@mlx-download/core";
import { tempDir } from "@mlx-download/test-utils";
import { describe, expect, onTestFinished, test } from "vitest";
import { axEngine, type ServedModel } from "../src/drivers/ax-engine.ts";
import { ensureModel, loadModel, unloadModel } from "../src/index.ts";
import { testEngine } from "../src/testing/index.ts";
import { engineStage } from "./engine-stage.ts";
import { failureOf, startStage, TINY } from "./fixture.ts";

/**
 * Behaves as docs/SERVER.md and the tests of defai-digital/ax-engine 7.1.5 say: `/v1/model/load` wants an absolute folder
 * with `model-manifest.json`, an id that is loaded is a conflict with `add`, the last model cannot be unloaded, chats are
 * routed by `model`, and errors are `{"error": {"code", "message"}}`.
 */
async function startDouble(): Promise<{ url: string; loaded: Map<string, string> }> {
  const loaded = new Map<string, string>();
  const answer = (response: ServerResponse, status: number, body: object): void =>
    void response
      .writeHead(status, { "content-type": "application/json" })
      .end(JSON.stringify(body));
  const refuse = (response: ServerResponse, status: number, code: string): void =>
    answer(response, status, { error: { code, message: code.replaceAll("_", " ") } });
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const body = JSON.parse(text || "{}") as Record<string, string>;
    const { model_id: id = "", model_path: path = "", load_mode: mode = "replace" } = body;
    if (request.url === "/v1/model/load") {
      if (id.trim() === "" || !existsSync(path)) return refuse(response, 422, "invalid_request");
      if (!existsSync(join(path, "model-manifest.json"))) {
        return refuse(response, 422, "invalid_request");
      }
      if (mode === "add" && loaded.has(id)) return refuse(response, 409, "model_already_loaded");
      if (mode === "replace") loaded.clear();
      loaded.set(id, path);
      return answer(response, 200, { model_id: id, state: "loaded", load_mode: mode });
    }
    if (request.url === "/v1/model/unload") {
      if (!loaded.has(id)) return refuse(response, 400, "model_not_found");
      if (loaded.size === 1) return refuse(response, 409, "last_model");
      loaded.delete(id);
      return answer(response, 200, { model_id: id, state: "unloaded" });
    }
    if (!loaded.has(body["model"] ?? "")) return refuse(response, 400, "model_not_found");
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end('data: {"choices":[{"delta":{"content":"hello"}}]}\n\ndata: [DONE]\n\n');
  };
  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, loaded };
}

/** Stands for `ax-engine-bench generate-manifest FOLDER`: refuses what is no model. */
async function manifestCommand(): Promise<readonly string[]> {
  const script = join(await tempDir(), "generate-manifest.mjs");
  const text = `import { existsSync, writeFileSync } from "node:fs";
    const folder = process.argv[2];
    if (!existsSync(folder + "/config.json")) { console.error("no config"); process.exit(1); }
    writeFileSync(folder + "/model-manifest.json", "{}");`;
  await writeFile(script, text);
  return [process.execPath, script];
}

async function say(model: ServedModel): Promise<string> {
  let text = "";
  for await (const piece of model.chat([{ role: "user", content: "hi" }])) text += piece;
  return text;
}

describe("the driver of AX Engine", () => {
  testEngine<ServedModel>(test, {
    engine: async () =>
      axEngine((await startDouble()).url, { manifestCommand: await manifestCommand() }),
    stage: engineStage,
    generate: say,
  });
});

test("a model is loaded by its folder and known by its repo id, which its unload names", async () => {
  const { options, hub } = await startStage();
  await hub.addRepo("acme/other", { "config.json": "{}", "model.safetensors": "x" });
  const { url, loaded } = await startDouble();
  const engine = axEngine(url, { loadMode: "add", manifestCommand: await manifestCommand() });
  const model = await loadModel(engine, TINY, options);
  const { path } = await ensureModel(TINY, options);
  expect([...loaded]).toEqual([[TINY, path]]);
  const other = await loadModel(engine, "acme/other", { ...options, checkFit: false });
  expect(await say(other)).toBe("hello");
  await unloadModel(engine, other);
  expect([...loaded.keys()]).toEqual([TINY]);
  // The last one cannot be unloaded: it stays until another replaces it.
  await unloadModel(engine, model);
  expect([...loaded.keys()]).toEqual([TINY]);
});

test("without its program a folder without a manifest is an error that says what to run", async () => {
  const { options } = await startStage();
  const { url } = await startDouble();
  const engine = axEngine(url, {
    manifestCommand: ["/nonexistent/ax-engine-bench", "generate-manifest"],
  });
  const error = await failureOf(loadModel(engine, TINY, options));
  expect(error).toMatchObject({ code: "engine/start-failed" });
  expect(error.hint).toContain("generate-manifest");
});

test("what AX Engine writes into a snapshot is neither damage nor litter", async () => {
  const { options, cacheDir } = await startStage();
  const { path } = await ensureModel(TINY, options);
  for (const name of ["model-manifest.json", ".ax-engine-download.json"]) {
    await writeFile(join(path, name), "{}");
  }
  expect((await scanCache(cacheDir)).repos.flatMap(({ findings }) => findings)).toEqual([]);
  const report = await verifyModels([TINY], { cacheDir, env: {} });
  expect([report.bad, report.missing]).toEqual([[], []]);
  expect(await ensureModel(TINY, { ...options, offline: true })).toMatchObject({ fromCache: true });
  expect(await readFile(join(path, "model-manifest.json"), "utf8")).toBe("{}");
});
