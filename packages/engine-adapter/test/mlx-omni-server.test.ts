import { existsSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { tinyModelFiles } from "@mlx-download/hub-server/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { mlxOmniServer, type ServedModel } from "../src/drivers/mlx-omni-server.ts";
import { mlxLmServer } from "../src/drivers/mlx-lm-server.ts";
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
  return JSON.parse(text || "{}") as Record<string, unknown>;
}

/**
 * As 0.5.3 does it: the model is loaded before the answer begins; a plain answer of one token is a 500 (its statistics
 * divide by the time after the first), and a stream that fails is cut off.
 */
function answerChat(
  { model, stream, max_tokens: tokens }: Record<string, unknown>,
  response: ServerResponse,
): void {
  if (!existsSync(join(String(model), "config.json"))) {
    response.writeHead(500).end("Internal Server Error");
    return;
  }
  if (stream !== true) {
    if (tokens === 1) response.writeHead(500).end("Internal Server Error");
    else response.end(JSON.stringify({ choices: [{ message: { content: "hi" } }] }));
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
    { path: "/v1/chat/completions", model: model.model, max_tokens: 2 },
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
  const half = await failureOf(loadModel(mlxLmServer(cut.url), TINY, options));
  expect(half.code).toBe("engine/not-answering");
  const html = await serve((_, response) => void response.writeHead(502).end("<h1>Bad</h1>"));
  const refused = await failureOf(load(html.url));
  expect(refused).toMatchObject({ code: "engine/refused", data: { status: 502 } });
  for (const url of ["not a url", "ftp://x", ""]) {
    expect(() => mlxOmniServer(url)).toThrow(/no address/);
  }
});

test("a model whose first token is its end is loaded all the same, and a server that dies over it is not", async () => {
  const { options } = await startStage();
  let alive = true;
  const server = await serve(({ messages }, response) => {
    if (messages === undefined) return alive ? void response.end("{}") : response.destroy();
    response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
    setImmediate(() => response.destroy());
  });
  const engine = mlxOmniServer(server.url);
  expect(await loadModel(engine, TINY, options)).toMatchObject({ repoId: TINY });
  alive = false;
  expect((await failureOf(loadModel(engine, TINY, options))).code).toBe("engine/not-answering");
});

test("the probe may be changed, but not which model it is about", async () => {
  const { options } = await startStage();
  const { url, bodies } = await serve();
  const engineOptions = { max_tokens: 9, temperature: 0, model: "another" };
  const { model } = await loadModel(mlxOmniServer(url), TINY, { ...options, engineOptions });
  expect(bodies).toMatchObject([{ max_tokens: 9, temperature: 0, stream: true, model }]);
});

test("a server that takes repo ids alone gets the id of what is main, and nothing of another revision", async () => {
  const { options, hub, events } = await startStage();
  await hub.addRepo(TINY, tinyModelFiles({ seed: 5 }), { revision: "v1" });
  // As 0.5.2 beside mlx-lm 0.31: a folder is no repo id to it.
  const { url, bodies } = await serve(({ model }, response) => {
    if (model !== TINY) return void response.writeHead(500).end("Internal Server Error");
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`data: {"choices":[{"delta":{"content":"hi"}}]}\n\ndata: [DONE]\n\n`);
  });
  const engine = mlxOmniServer(url);
  const model = await loadModel(engine, TINY, options);
  expect([model.model, await say(model)]).toEqual([TINY, "hi"]);
  expect(events).toContainEqual(expect.objectContaining({ code: "engine/by-name" }));
  const before = bodies.length;
  const other = await failureOf(loadModel(engine, `${TINY}@v1`, options));
  expect(other).toMatchObject({ code: "engine/refused" });
  expect(bodies.slice(before).map((body) => (body as { model?: string }).model)).not.toContain(
    TINY,
  );
});
