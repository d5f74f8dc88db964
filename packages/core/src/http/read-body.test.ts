import { brotliCompressSync, deflateSync, gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { failureOf, serve } from "../../test/serve.ts";
import { createTransport } from "./create-transport.ts";
import { readBody } from "./read-body.ts";
import type { TransportResponse } from "./transport.ts";

async function answer(
  body: Uint8Array,
  headers: Record<string, string>,
): Promise<TransportResponse> {
  const { url } = await serve(
    (_request, response) => void response.writeHead(200, headers).end(body),
  );
  const transport = createTransport();
  onTestFinished(() => transport.close());
  return transport.request(new URL(url));
}

describe("readBody", () => {
  const content = Buffer.from("model ".repeat(1000));

  test.each([
    ["identity", content],
    ["gzip", gzipSync(content)],
    ["deflate", deflateSync(content)],
    ["br", brotliCompressSync(content)],
  ])("undoes %s", async (encoding, body) => {
    const response = await answer(body, { "content-encoding": encoding });
    expect((await readBody(response, 10_000)).equals(content)).toBe(true);
  });

  test("stops at the limit, also inside a decompression bomb", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    for (const response of [
      await answer(content, {}),
      await answer(bomb, { "content-encoding": "gzip" }),
    ]) {
      expect(await failureOf(readBody(response, 1000))).toMatchObject({
        code: "hub/bad-response",
        data: { limit: 1000 },
      });
    }
  });

  test("says that a body cannot be decompressed", async () => {
    const response = await answer(content, { "content-encoding": "gzip" });
    expect(await failureOf(readBody(response, 10_000))).toMatchObject({ code: "hub/bad-response" });
  });

  test("says that compressed data breaks off, although the answer is whole", async () => {
    const response = await answer(gzipSync(content).subarray(0, 20), {
      "content-encoding": "gzip",
    });
    expect(await failureOf(readBody(response, 10_000))).toMatchObject({
      code: "transfer/interrupted",
    });
  });

  test("says that a compressed body was cut", async () => {
    const { url } = await serve((_request, response) => {
      const body = gzipSync(content);
      const headers = { "content-encoding": "gzip", "content-length": String(body.length) };
      response.writeHead(200, headers).write(body.subarray(0, 20), () => response.destroy());
    });
    const transport = createTransport();
    onTestFinished(() => transport.close());
    const response = await transport.request(new URL(url));
    expect(await failureOf(readBody(response, 10_000))).toMatchObject({
      code: "transfer/interrupted",
    });
  });
});
