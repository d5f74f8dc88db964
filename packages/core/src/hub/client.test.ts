import { queryObjects } from "node:v8";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { clientFor } from "../../test/hub-client.ts";
import { closedAddress, failureOf, serve } from "../../test/serve.ts";

const question = { kind: "repo", repoId: "acme/tiny" } as const;
const JSON_TYPE = { "content-type": "application/json" };

const thrower = (): never => {
  throw new Error("listener");
};

/** An https server that redirects to plain http, and the one there. */
const toPlainHttp: typeof fetch = async (input) =>
  new URL(input instanceof Request ? input.url : input).protocol === "https:"
    ? new Response(null, { status: 302, headers: { location: "http://mirror.corp/x" } })
    : new Response("{}");

describe("a Hub client", () => {
  test("builds addresses below an endpoint with a path and encodes each segment", () => {
    const { client } = clientFor("http://127.0.0.1:1/mirror");
    expect(
      client.url(["api", "models", "a", "b", "revision", "refs/pr/1"], { expand: "sha" }).href,
    ).toBe("http://127.0.0.1:1/mirror/api/models/a/b/revision/refs%2Fpr%2F1?expand=sha");
    expect(client.url(["a", "b", "resolve", "main", "ä ?#%.txt"]).href).toBe(
      "http://127.0.0.1:1/mirror/a/b/resolve/main/%C3%A4%20%3F%23%25.txt",
    );
  });

  test("keeps nothing of a request that is answered", async () => {
    const { url } = await serve((_request, response) => void response.end("{}"));
    const { client } = clientFor(url);
    const { signal } = new AbortController();
    const ask = () => client.json(client.url(["x"]), { question, signal });
    await ask();
    // It collects garbage first.
    const held = () => queryObjects(AbortSignal, { format: "count" });
    const before = held();
    for (let count = 0; count < 50; count += 1) await ask();
    expect(held() - before).toBeLessThan(10);
  });

  test("names itself, and the origin it was told", async () => {
    const { url, requests } = await serve((_request, response) => void response.end("{}"));
    const { client } = clientFor(url, { userAgentOrigin: "my app\r\nx: y" });
    await client.json(client.url(["x"]), { question });
    expect(requests[0]?.headers["user-agent"]).toMatch(
      /^mlx-download\/\d+\.\d+\.\d+\S*; node\/\d+\.\d+\.\d+; \w+-\w+; origin\/my_app_x:_y$/,
    );
    expect(client.downloadHeaders).toMatchObject({
      "user-agent": requests[0]?.headers["user-agent"],
      "x-hf-download-counter": "1",
      "accept-encoding": "identity",
    });
  });

  test("reads compressed JSON", async () => {
    const { url, requests } = await serve((_request, response) => {
      response.writeHead(200, { ...JSON_TYPE, "content-encoding": "gzip" });
      response.end(gzipSync('{"a":1}'));
    });
    const { client } = clientFor(url);
    expect((await client.json(client.url(["x"]), { question })).value).toEqual({ a: 1 });
    expect(requests[0]?.headers["accept-encoding"]).toContain("gzip");
  });

  test.each([408, 429, 500, 502, 503, 504])("tries again after %d and says so", async (status) => {
    let answers = 0;
    const { url } = await serve((_request, response) => {
      if (answers++ < 3) response.writeHead(status).end("busy");
      else response.end("{}");
    });
    const { client, events } = clientFor(url);
    expect((await client.json(client.url(["x"]), { question })).value).toEqual({});
    expect(events.map((event) => event.type)).toEqual(["retry", "retry", "retry"]);
    expect(events[0]).toMatchObject({
      attempt: 1,
      code: status === 429 ? "hub/rate-limited" : "hub/unavailable",
    });
  });

  test.each([400, 401, 403, 404, 501])("does not try again after %d", async (status) => {
    const { url, requests } = await serve(
      (_request, response) => void response.writeHead(status).end(),
    );
    const { client } = clientFor(url);
    await failureOf(client.json(client.url(["x"]), { question }));
    expect(requests).toHaveLength(1);
  });

  test("gives up after five retries with the error of the last", async () => {
    const { url, requests } = await serve(
      (_request, response) => void response.writeHead(503).end(),
    );
    const { client } = clientFor(url);
    expect(await failureOf(client.json(client.url(["x"]), { question }))).toMatchObject({
      code: "hub/unavailable",
    });
    expect(requests).toHaveLength(6);
  });

  test("gives up sooner when nothing answers at all", async () => {
    const { client, events } = clientFor(closedAddress);
    expect(await failureOf(client.json(client.url(["x"]), { question }))).toMatchObject({
      code: "hub/unreachable",
    });
    expect(events).toHaveLength(2);
  });

  test("tries again after an answer that was cut, with and without a length", async () => {
    let answers = 0;
    const { url } = await serve((_request, response) => {
      answers++;
      if (answers === 1) {
        response.writeHead(200, { ...JSON_TYPE, "content-length": "100" });
        response.write('{"a":', () => response.destroy());
      } else if (answers === 2) response.writeHead(200, JSON_TYPE).end('{"a":');
      else response.writeHead(200, JSON_TYPE).end('{"a":1}');
    });
    const { client, events } = clientFor(url);
    expect((await client.json(client.url(["x"]), { question })).value).toEqual({ a: 1 });
    expect(events).toMatchObject([{ code: "transfer/interrupted" }, { code: "hub/bad-response" }]);
  });

  test("waits as Retry-After and RateLimit ask, and says why", async () => {
    let answers = 0;
    const { url } = await serve((_request, response) => {
      answers++;
      if (answers === 1) response.writeHead(429, { "retry-after": "0" }).end();
      else if (answers === 2) response.writeHead(429, { ratelimit: '"api";r=0;t=0' }).end();
      else response.end("{}");
    });
    const { client, events } = clientFor(url);
    await client.json(client.url(["x"]), { question });
    expect(events.map((event) => event.type)).toEqual(["waiting", "waiting"]);
    expect(events[0]).toMatchObject({ reason: "rate-limit", delayMs: 0 });
    expect(events[1]).toMatchObject({ reason: "rate-limit" });
  });

  test("does not sit out more than ten minutes", async () => {
    const { url, requests } = await serve((_request, response) => {
      response.writeHead(429, { "retry-after": "3600" }).end();
    });
    const { client } = clientFor(url);
    expect(await failureOf(client.json(client.url(["x"]), { question }))).toMatchObject({
      code: "hub/rate-limited",
      data: { retryAfterMs: 3_600_000 },
    });
    expect(requests).toHaveLength(1);
  });

  test("wakes from a wait when it is aborted, by the call or by the client", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(429, { "retry-after": "300" }).end();
    });
    const reason = new Error("enough");
    for (const by of ["call", "client"] as const) {
      const controller = new AbortController();
      const { client } = clientFor(
        url,
        {},
        {
          ...(by === "client" && { signal: controller.signal }),
          onEvent: (event) => event.type === "waiting" && controller.abort(reason),
        },
      );
      const signal = by === "call" ? controller.signal : undefined;
      await expect(client.json(client.url(["x"]), { question, signal })).rejects.toBe(reason);
    }
  });

  test("says that a web page came where data was expected, and does not try again", async () => {
    const { url, requests } = await serve((_request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<html>log in</html>");
    });
    const { client } = clientFor(url);
    const error = await failureOf(client.json(client.url(["x"]), { question }));
    expect(error).toMatchObject({ code: "hub/bad-response" });
    expect(error).toMatchObject({ hint: expect.stringContaining("captive portal") });
    expect(requests).toHaveLength(1);
  });

  test("sends the token to a loopback endpoint", async () => {
    const { url, requests } = await serve((_request, response) => void response.end("{}"));
    const { client, events } = clientFor(url, { token: "hf_secret", tokenSource: "HF_TOKEN" });
    await client.json(client.url(["x"]), { question });
    expect(requests[0]?.headers.authorization).toBe("Bearer hf_secret");
    expect(events).toEqual([]);
  });

  test("keeps the token from a plain http endpoint elsewhere, and warns", async () => {
    const seen: Headers[] = [];
    const stub: typeof fetch = async (_input, init) => {
      seen.push(new Headers(init?.headers));
      return new Response("{}");
    };
    const settings = { token: "hf_secret", tokenSource: "HF_TOKEN" };
    const { client, events } = clientFor("http://mirror.corp", settings, { fetch: stub });
    await client.json(client.url(["x"]), { question });
    expect(seen[0]?.has("authorization")).toBe(false);
    expect(client.tokens.token()).toBe(false);
    expect(events).toMatchObject([{ type: "warning", code: "hub/token-not-sent" }]);
    expect(JSON.stringify(events)).not.toContain("hf_secret");
  });

  test("does not believe an answer that came over plain http in the end", async () => {
    const { client } = clientFor("https://mirror.corp", {}, { fetch: toPlainHttp });
    expect(await failureOf(client.json(client.url(["x"]), { question }))).toMatchObject({
      code: "hub/bad-response",
    });
  });

  test("passes the Hub's warnings on, each once", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { "x-hf-warning": "Deprecation; use another endpoint" }).end("{}");
    });
    const { client, events } = clientFor(url);
    await client.json(client.url(["x"]), { question });
    await client.json(client.url(["y"]), { question });
    expect(events).toEqual([
      {
        type: "warning",
        code: "hub/warning",
        topic: "Deprecation",
        message: "use another endpoint",
      },
    ]);
  });

  test("makes no request offline", async () => {
    const { url, requests } = await serve((_request, response) => void response.end("{}"));
    const { client, events } = clientFor(url, { offline: true });
    expect(await failureOf(client.json(client.url(["x"]), { question }))).toMatchObject({
      code: "hub/unreachable",
      data: { reason: "offline" },
    });
    expect(requests).toEqual([]);
    expect(events).toEqual([]);
  });

  test("refuses an answer that has no end", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, JSON_TYPE);
      const chunk = Buffer.alloc(1 << 20, " ");
      const more = (): void =>
        void (response.write(chunk) ? setImmediate(more) : response.once("drain", more));
      more();
    });
    const { client } = clientFor(url);
    expect(await failureOf(client.json(client.url(["x"]), { question }))).toMatchObject({
      code: "hub/bad-response",
    });
  });

  test("gives up on an answer that comes byte by byte for ever", async () => {
    const { url, requests } = await serve((_request, response) => {
      response.writeHead(200, JSON_TYPE);
      const drip = setInterval(() => response.write(" "), 5);
      response.on("close", () => clearInterval(drip));
    });
    const { client } = clientFor(url, {}, { answerTimeoutMs: 50 });
    expect(await failureOf(client.json(client.url(["x"]), { question }))).toMatchObject({
      code: "transfer/stalled",
    });
    expect(requests).toHaveLength(2);
  });

  test("asks a server that says nothing once more, with more time, and says so", async () => {
    const { url, requests } = await serve(() => undefined);
    const { client, events } = clientFor(url, { etagTimeoutMs: 1 }, { slowAnswerMs: 400 });
    expect(await failureOf(client.json(client.url(["x"]), { question }))).toMatchObject({
      code: "hub/unreachable",
      data: { reason: "no-answer" },
    });
    expect(requests).toHaveLength(2);
    expect(events).toMatchObject([
      {
        type: "retry",
        attempt: 1,
        timeoutMs: 400,
        message: expect.stringMatching(/in time.*\. The next try may take 0 s$/),
      },
    ]);
  });

  test("waits for a slow server the second time", async () => {
    let asked = 0;
    const { url } = await serve((_request, response) => {
      if (asked++ > 0) setTimeout(() => response.end("{}"), 300);
    });
    const { client } = clientFor(url, { etagTimeoutMs: 1 });
    expect((await client.json(client.url(["x"]), { question })).value).toEqual({});
  });

  test("asks a silent server only once when there is another one to ask", async () => {
    const { url, requests } = await serve(() => undefined);
    const { client } = clientFor(url, { etagTimeoutMs: 1 });
    expect(await failureOf(client.hasty.json(client.url(["x"]), { question }))).toMatchObject({
      code: "hub/unreachable",
    });
    expect(requests).toHaveLength(1);
  });

  test("survives a listener that throws", async () => {
    let answers = 0;
    const { url } = await serve((_request, response) => {
      if (answers++ === 0) response.writeHead(503).end();
      else response.end("{}");
    });
    const { client } = clientFor(url, {}, { onEvent: thrower });
    expect((await client.json(client.url(["x"]), { question })).value).toEqual({});
  });
});

test("requests that are refused together go on together without the token", async () => {
  const { url, requests } = await serve((request, response) => {
    const refused = request.headers.authorization !== undefined;
    response.writeHead(refused ? 401 : 200, JSON_TYPE).end(refused ? '{"error":"no"}' : "{}");
  });
  // One of a file is looked up there first, which takes a while.
  const tokenSource = "the token file /nowhere/token";
  const options = { env: { HF_HOME: "/nowhere" } };
  const { client, events } = clientFor(url, { token: "hf_stale", tokenSource }, options);
  const asked = ["a", "b", "c"].map((name) => client.json(client.url([name]), { question }));
  for (const { value } of await Promise.all(asked)) expect(value).toEqual({});
  expect(requests.filter(({ headers }) => headers.authorization === undefined)).toHaveLength(3);
  expect(events.filter(({ type }) => type === "warning")).toHaveLength(1);
});
