import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { mlxLmServer, type ServedModel } from "../src/drivers/mlx-lm-server.ts";
import { loadModel } from "../src/index.ts";
import { failureOf, startStage, TINY } from "./fixture.ts";

type Answer = (response: ServerResponse) => void;

const piece = (content: string): string =>
  `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;

/**
 * A model of a server that answers chats so. Like mlx_lm.server (`BaseHTTPRequestHandler`, HTTP/1.0) it tells the end
 * of an answer by closing the connection and by nothing else.
 */
async function modelThat(answer: Answer): Promise<ServedModel> {
  const server = createServer((request, response) => {
    request.resume();
    if (request.url === "/v1/completions") return void response.end(`{"choices":[]}`);
    response.useChunkedEncodingByDefault = false;
    response.writeHead(200, { "content-type": "text/event-stream", connection: "close" });
    answer(response);
  });
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { options } = await startStage();
  const { port } = server.address() as AddressInfo;
  return loadModel(mlxLmServer(`http://127.0.0.1:${port}`), TINY, options);
}

/** What arrived of a chat, and how it ended. */
async function listen(model: ServedModel, signal?: AbortSignal, onPiece?: (text: string) => void) {
  const pieces: string[] = [];
  const run = async (): Promise<void> => {
    for await (const text of model.chat([{ role: "user", content: "hi" }], { signal })) {
      pieces.push(text);
      onPiece?.(text);
    }
  };
  const error = await run().then(
    () => undefined,
    (reason: unknown) => reason as Error & { code?: string },
  );
  return { pieces, error };
}

test("a whole answer ends with [DONE], and what comes after it does not count", async () => {
  const model = await modelThat((response) => {
    response.write(`: keepalive 1/2\n\n${piece("he")}${piece("llo")}`);
    response.end(`data: [DONE]\n\n${piece("!")}`);
  });
  expect(await listen(model)).toEqual({ pieces: ["he", "llo"], error: undefined });
});

test.each<[string, Answer]>([
  ["whose server ended", (response) => response.end(piece("he"))],
  ["whose connection was cut", (response) => response.write(piece("he"), () => response.destroy())],
  ["that stops inside a piece", (response) => response.end(`${piece("he")}data: {"choi`)],
  ["with [DONE] half arrived", (response) => response.end(`${piece("he")}data: [DONE]`)],
  ["with something that is no JSON", (response) => response.end(`${piece("he")}data: <b>\n\n`)],
])("an answer %s does not pass for a whole one", async (_name, answer) => {
  const { pieces, error } = await listen(await modelThat(answer));
  expect(pieces).toEqual(["he"]);
  expect(error).toMatchObject({ code: "engine/not-answering" });
});

test.each([
  ["an event of the API", `data: {"error":{"message":"out of memory","type":"server_error"}}\n\n`],
  ["a text", `data: {"error":"out of memory"}\n\n`],
  ["an event of that type", `event: error\ndata: {"message":"x","detail":"out of memory"}\n\n`],
])(
  "an error that comes as %s in the middle is thrown in the server's words",
  async (_name, text) => {
    const model = await modelThat((response) => response.end(piece("he") + text));
    const { pieces, error } = await listen(model);
    expect(pieces).toEqual(["he"]);
    expect(error).toMatchObject({ code: "engine/refused" });
    expect(error?.message).toContain("out of memory");
  },
);

test("an abort inside the loop ends it with the signal's reason, though more has arrived", async () => {
  const model = await modelThat((response) =>
    response.end(`${piece("a")}${piece("b")}${piece("c")}data: [DONE]\n\n`),
  );
  const controller = new AbortController();
  const reason = new Error("enough");
  const { pieces, error } = await listen(model, controller.signal, () => controller.abort(reason));
  expect(pieces).toEqual(["a"]);
  expect(error).toBe(reason);
});

test("an abort after the last piece, and one before the first, are thrown too", async () => {
  const model = await modelThat((response) => response.write(piece("a")));
  const controller = new AbortController();
  const reason = new Error("enough");
  const late = listen(model, controller.signal, () => setImmediate(() => controller.abort(reason)));
  expect(await late).toEqual({ pieces: ["a"], error: reason });
  const early = await listen(model, AbortSignal.abort(reason));
  expect(early).toEqual({ pieces: [], error: reason });
});

test("who leaves the loop lets the server know", async () => {
  const closed = Promise.withResolvers<void>();
  const model = await modelThat((response) => {
    response.on("close", closed.resolve);
    response.write(piece("a"));
  });
  for await (const text of model.chat([{ role: "user", content: "hi" }])) {
    expect(text).toBe("a");
    break;
  }
  await closed.promise;
});

test("a probe that is answered with an error under a good status is refused", async () => {
  const server = createServer((_, response) => void response.end(`{"error":"no memory"}`));
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => void server.close());
  const { options } = await startStage();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const error = await failureOf(loadModel(mlxLmServer(url), TINY, options));
  expect(error).toMatchObject({ code: "engine/refused" });
});
