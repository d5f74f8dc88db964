import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { describe, expect, onTestFinished, test } from "vitest";
import { openAiServer, openAiServerPerModel, type ServedModel } from "../src/drivers/openai.ts";
import { loadModel, unloadModel } from "../src/index.ts";
import { testEngine } from "../src/testing/index.ts";
import { engineStage } from "./engine-stage.ts";
import { failureOf, startStage, TINY } from "./fixture.ts";

/** A server of one model, named by its first argument: it refuses any other, as vllm-mlx does. */
const SERVER = `
import { existsSync } from "node:fs";
import { createServer } from "node:http";
const [model, port] = process.argv.slice(2);
if (!existsSync(model + "/config.json")) { console.error("no model in " + model); process.exit(3); }
createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  const asked = text === "" ? model : JSON.parse(text).model;
  if (asked !== model) return response.writeHead(404).end(JSON.stringify({ detail: "no model " + asked }));
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.end('data: {"choices":[{"delta":{"content":"hello"}}]}\\n\\ndata: [DONE]\\n\\n');
}).listen(Number(port), "127.0.0.1");
`;

async function perModel() {
  const script = join(await tempDir(), "server.mjs");
  await writeFile(script, SERVER);
  const engine = openAiServerPerModel({
    name: "mine",
    command: ({ model, port }) => [process.execPath, script, model.path, String(port)],
  });
  onTestFinished(() => engine.close());
  return engine;
}

async function say(model: ServedModel): Promise<string> {
  let text = "";
  for await (const piece of model.chat([{ role: "user", content: "hi" }])) text += piece;
  return text;
}

describe("the driver of servers that are started with their model", () => {
  testEngine<ServedModel>(test, { engine: perModel, stage: engineStage, generate: say });
});

test("each model has a server of its own, which ends with it", async () => {
  const { options, hub } = await startStage();
  await hub.addRepo("acme/other", { "config.json": "{}", "model.safetensors": "x" });
  const engine = await perModel();
  const plain = { ...options, checkFit: false };
  const [one, two] = await Promise.all([
    loadModel(engine, TINY, plain),
    loadModel(engine, "acme/other", plain),
  ]);
  expect(one.url).not.toBe(two.url);
  expect([await say(one), await say(two)]).toEqual(["hello", "hello"]);
  await unloadModel(engine, one);
  expect((await failureOf(say(one))).code).toBe("engine/not-answering");
  expect(await say(two)).toBe("hello");
});

test("a key goes to the server with every request, and into no error", async () => {
  const { options } = await startStage();
  const seen: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    request.resume();
    seen.push(request.headers.authorization);
    response.end("data: [DONE]\n\n");
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const engine = openAiServer(url, {
    apiKey: "secret-key",
    modelName: ({ repoId }) => repoId,
    adapterField: "lora",
  });
  const model = await loadModel(engine, TINY, options);
  expect(model.model).toBe(TINY);
  expect(await say(model)).toBe("");
  expect(seen).toEqual(["Bearer secret-key", "Bearer secret-key"]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  const error = await failureOf(say(model));
  expect(JSON.stringify([error, error.message, error.stack])).not.toContain("secret-key");
  expect(() => openAiServer(url, { apiKey: "two\nlines" })).toThrow(/characters/);
});
