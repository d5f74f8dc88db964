import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { mlxOmniServer, type ServedModel } from "../src/drivers/mlx-omni-server.ts";
import { loadModel } from "../src/index.ts";
import { testEngine } from "../src/testing/index.ts";
import { engineStage } from "./engine-stage.ts";
import { failureOf, startStage, TINY } from "./fixture.ts";

type Answer = (body: Record<string, unknown>, response: ServerResponse) => void;

/** A server with the surface that we use of mlx-omni-server 0.5: chats, models by folder, FastAPI's errors. */
async function serve(answer: Answer = answerChat): Promise<{ url: string; bodies: object[] }> {
  const bodies: object[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request);
    bodies.push({ path: request.url, ...body });
    answer(body, response);
  };
  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, bodies };
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text) as Record<string, unknown>;
}

function answerChat({ model, stream }: Record<string, unknown>, response: ServerResponse): void {
  if (!existsSync(join(String(model), "config.json"))) {
    response.writeHead(500).end(JSON.stringify({ detail: `cannot load ${String(model)}` }));
    return;
  }
  if (stream !== true) {
    response.end(JSON.stringify({ choices: [{ message: { content: "hi" } }] }));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const content of ["he", "llo"]) {
    response.write(`data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`);
  }
  response.end("data: [DONE]\n\n");
}

async function say(model: ServedModel): Promise<string> {
  let text = "";
  for await (const piece of model.chat([{ role: "user", content: "hi" }])) text += piece;
  return text;
}

describe("the driver of mlx-omni-server", () => {
  testEngine<ServedModel>(test, {
    engine: async () => mlxOmniServer((await serve()).url),
    stage: engineStage,
    generate: say,
  });
});

test("requests name the folder, and adapter and draft as the server calls them", async () => {
  const { options } = await startStage();
  const { url, bodies } = await serve();
  const model = await loadModel(mlxOmniServer(`${url}/v1/`), TINY, options);
  expect(await say(model)).toBe("hello");
  expect(model.url).toBe(`${url}/v1`);
  expect(bodies).toMatchObject([
    { path: "/v1/chat/completions", model: model.model, max_tokens: 1 },
    { path: "/v1/chat/completions", model: model.model, stream: true },
  ]);
});

test("a server that is not there, breaks off or answers nonsense is an error that says so", async () => {
  const { options } = await startStage();
  const load = (url: string): Promise<ServedModel> => loadModel(mlxOmniServer(url), TINY, options);
  const closed = await failureOf(load("http://127.0.0.1:9"));
  expect(closed).toMatchObject({ code: "engine/not-answering", hint: expect.any(String) });
  const cut = await serve((_, response) => {
    response.writeHead(200, { "content-length": "100" }).write("half", () => response.destroy());
  });
  expect((await failureOf(load(cut.url))).code).toBe("engine/not-answering");
  const html = await serve((_, response) => void response.writeHead(502).end("<h1>Bad</h1>"));
  const refused = await failureOf(load(html.url));
  expect(refused).toMatchObject({ code: "engine/refused", data: { status: 502 } });
  const broken = await serve((body, response) => {
    if (body["stream"] !== true) return answerChat(body, response);
    response.writeHead(200).write(`data: {"choices":[{"delta":{"content":"he"}}]}\n\ndata: {no`);
    setImmediate(() => response.destroy());
  });
  expect((await failureOf(say(await load(broken.url)))).code).toBe("engine/not-answering");
  for (const url of ["not a url", "ftp://x", ""]) {
    expect(() => mlxOmniServer(url)).toThrow(/no address/);
  }
});
