import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, onTestFinished, test } from "vitest";
import { failureOf, serve } from "../../test/serve.ts";
import { createTransport } from "./create-transport.ts";
import { mayAuthorize, requestFollowing } from "./follow.ts";
import { responseHeaders } from "./response-headers.ts";
import type { Transport } from "./transport.ts";

const EMPTY: AsyncIterable<Uint8Array> = Readable.from([]);

function open(): Transport {
  const transport = createTransport();
  onTestFinished(() => transport.close());
  return transport;
}

interface Answer {
  readonly status: number;
  readonly location?: string;
}

/** A transport that gives these answers in turn, and notes the requests and the bodies that were let go. */
function answering(answers: readonly Answer[]) {
  const asked: string[] = [];
  const discarded: number[] = [];
  const transport: Transport = {
    async request(url, init) {
      const { status, location } = answers[asked.length] ?? { status: 500 };
      asked.push(`${init?.method ?? "GET"} ${url.href}`);
      return {
        status,
        headers: responseHeaders(location === undefined ? [] : [["location", location]]),
        body: EMPTY,
        discard: () => void discarded.push(status),
      };
    },
    close: async () => {},
  };
  return { transport, asked, discarded };
}

describe("mayAuthorize", () => {
  test.each([
    ["https://huggingface.co/api/x", "https://huggingface.co", true],
    ["https://huggingface.co:443/api/x", "https://huggingface.co", true],
    ["https://huggingface.co:444/api/x", "https://huggingface.co", false],
    ["http://huggingface.co/api/x", "https://huggingface.co", false],
    ["http://huggingface.co/api/x", "http://huggingface.co", false],
    ["https://cdn.huggingface.co/x", "https://huggingface.co", false],
    ["https://huggingface.co.evil.com/x", "https://huggingface.co", false],
    ["http://127.0.0.1:8080/x", "http://127.0.0.1:8080/mirror", true],
    ["http://127.0.0.1:8081/x", "http://127.0.0.1:8080", false],
    ["http://localhost:8080/x", "http://127.0.0.1:8080", false],
    ["http://localhost:8080/x", "http://localhost:8080", true],
    ["http://[::1]:8080/x", "http://[::1]:8080", true],
    ["http://127.0.0.1.evil.com/x", "http://127.0.0.1.evil.com", false],
    ["http://192.168.1.2/x", "http://192.168.1.2", false],
  ])("%s with the token of %s: %j", (url, endpoint, expected) => {
    expect(mayAuthorize(new URL(url), endpoint)).toBe(expected);
  });
});

describe("requestFollowing", () => {
  test("follows relative redirects and keeps every hop's headers", async () => {
    const { url } = await serve((request, response) => {
      if (request.url === "/a/b") {
        response.writeHead(307, { location: "../c?d=1", "x-linked-etag": '"abc"' }).end("moved");
      } else {
        response.end("there");
      }
    });
    const followed = await requestFollowing(open(), new URL(`${url}/a/b`));
    expect(followed.url.href).toBe(`${url}/c?d=1`);
    expect(followed.response.status).toBe(200);
    expect(followed.hops.map((hop) => [hop.url.pathname, hop.status])).toEqual([["/a/b", 307]]);
    expect(followed.hops[0]?.headers.get("X-Linked-ETag")).toBe('"abc"');
    followed.response.discard();
  });

  test("never waits for the body of a redirect", async () => {
    const { url } = await serve((request, response) => {
      if (request.url === "/a") {
        response.writeHead(307, { location: "/b", "content-length": "278" }).flushHeaders();
      } else {
        response.end("there");
      }
    });
    const { response } = await requestFollowing(open(), new URL(`${url}/a`));
    expect(response.status).toBe(200);
    response.discard();
  });

  test("sends the token to the endpoint, not to another host or port, and not again when sent back", async () => {
    const cdn = await serve((_request, response) => {
      response.writeHead(302, { location: `${hub.url}/back` }).end();
    }, "localhost");
    const hub = await serve((request, response) => {
      if (request.url === "/first") response.writeHead(302, { location: "/second" }).end();
      else if (request.url === "/second")
        response.writeHead(302, { location: `${cdn.url}/file` }).end();
      else response.end();
    });
    const authorization = { token: "hf_secret", endpoint: hub.url };
    const { response } = await requestFollowing(open(), new URL(`${hub.url}/first`), {
      authorization,
      headers: { range: "bytes=0-1" },
    });
    response.discard();
    const sent = (requests: typeof hub.requests) =>
      requests.map(({ path, headers }) => [path, headers.authorization, headers.range]);
    expect(sent(hub.requests)).toEqual([
      ["/first", "Bearer hf_secret", "bytes=0-1"],
      ["/second", "Bearer hf_secret", "bytes=0-1"],
      ["/back", undefined, "bytes=0-1"],
    ]);
    expect(sent(cdn.requests)).toEqual([["/file", undefined, "bytes=0-1"]]);
  });

  test("sends no user name or password that a redirect carries", async () => {
    const { url, requests } = await serve((request, response) => {
      const location = `${url.replace("//", "//user:secret@")}/b`;
      if (request.url === "/a") response.writeHead(302, { location }).end();
      else response.end();
    });
    const followed = await requestFollowing(open(), new URL(`${url}/a`));
    followed.response.discard();
    expect(followed.url.href).toBe(`${url}/b`);
    expect(requests[1]?.headers.authorization).toBeUndefined();
  });

  test.each([
    ["to itself", () => "/a", "1 redirect"],
    ["in a circle", (path: string) => (path === "/a" ? "/b" : "/a"), "2 redirects"],
    ["on and on", (path: string) => `${path}x`, "11 redirects"],
  ])("ends a redirect %s", async (_name, next, count) => {
    const { url, requests } = await serve((request, response) => {
      response.writeHead(302, { location: next(request.url ?? "") }).end();
    });
    const error = await failureOf(requestFollowing(open(), new URL(`${url}/a`)));
    expect(error).toMatchObject({ code: "hub/redirect-loop" });
    expect(error.message).toContain(`in circles (${count})`);
    expect(requests).toHaveLength(Number.parseInt(count, 10));
  });

  test("makes a POST a GET on 303 and keeps it on 307", async () => {
    const { url, requests } = await serve((request, response) => {
      if (request.url === "/see-other") response.writeHead(303, { location: "/end" }).end();
      else if (request.url === "/same") response.writeHead(307, { location: "/end" }).end();
      else response.end();
    });
    const transport = open();
    for (const path of ["/see-other", "/same"]) {
      const init = { method: "POST", body: "x" } as const;
      (await requestFollowing(transport, new URL(`${url}${path}`), init)).response.discard();
    }
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /see-other",
      "GET /end",
      "POST /same",
      "POST /end",
    ]);
  });

  test("follows only what is a redirect, and leaves no redirect's body open", async () => {
    for (const status of [200, 201, 300, 304, 404]) {
      const { transport, asked } = answering([{ status, location: "/elsewhere" }]);
      const { response, hops } = await requestFollowing(transport, new URL("https://hub.test/a"));
      expect([response.status, hops, asked]).toEqual([status, [], ["GET https://hub.test/a"]]);
    }
    const { transport, discarded } = answering([
      { status: 301, location: "/b" },
      { status: 308, location: "/c" },
      { status: 200 },
    ]);
    await requestFollowing(transport, new URL("https://hub.test/a"));
    expect(discarded).toEqual([301, 308]);
  });

  test("a HEAD stays a HEAD, and http may lead to https", async () => {
    const { transport, asked } = answering([
      { status: 302, location: "https://hub.test/b" },
      { status: 200 },
    ]);
    await requestFollowing(transport, new URL("http://hub.test/a"), { method: "HEAD" });
    expect(asked).toEqual(["HEAD http://hub.test/a", "HEAD https://hub.test/b"]);
  });

  test("ten redirects are followed, an eleventh is not", async () => {
    const chain = (length: number): Answer[] =>
      Array.from({ length }, (_, index) => ({ status: 302, location: `/${index}` }));
    const ten = answering([...chain(10), { status: 200 }]);
    const { hops } = await requestFollowing(ten.transport, new URL("https://hub.test/a"));
    expect(hops).toHaveLength(10);
    const eleven = answering([...chain(11), { status: 200 }]);
    const error = await failureOf(
      requestFollowing(eleven.transport, new URL("https://hub.test/a")),
    );
    expect(error).toMatchObject({ code: "hub/redirect-loop", data: { hops: 11 } });
  });

  test.each([
    ["/caf\u00c3\u00a9", "/caf%C3%A9"],
    // Latin-1 that is no UTF-8, and a text that a fetch of one's own has decoded.
    ["/caf\u00e9", "/caf%C3%A9"],
    ["/\u00c3\u00a9\u6f22", "/%C3%83%C2%A9%E6%BC%A2"],
  ])("reads the target %j as the text that was meant", async (location, path) => {
    const { transport } = answering([{ status: 302, location }, { status: 200 }]);
    const { url } = await requestFollowing(transport, new URL("https://hub.test/a"));
    expect(url.pathname).toBe(path);
  });

  test("gives back a redirect without a target", async () => {
    const { url } = await serve((_request, response) => void response.writeHead(302).end());
    const { response } = await requestFollowing(open(), new URL(url));
    expect(response.status).toBe(302);
    response.discard();
  });

  test.each(["file:///etc/passwd", "data:,x", "ftp://h/", "https://", "http://[", "javascript:1"])(
    "refuses to go to %s",
    async (location) => {
      const { url, requests } = await serve((_request, response) => {
        response.writeHead(302, { location }).end();
      });
      expect(await failureOf(requestFollowing(open(), new URL(url)))).toMatchObject({
        code: "hub/bad-response",
      });
      expect(requests).toHaveLength(1);
    },
  );

  test("ends for whatever a server redirects to, and shows no token to another origin", async () => {
    const location = fc.oneof(
      fc.string(),
      fc.webUrl(),
      fc.constantFrom(
        "/",
        "//other/x",
        "?a",
        "#f",
        "https://hub.test:444/",
        "http://hub.test/",
        "\\\\other\\x",
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.infiniteStream(location), async (locations) => {
        const leaks: string[] = [];
        const transport: Transport = {
          async request(url, init) {
            if (init?.headers?.["authorization"] && url.origin !== "https://hub.test")
              leaks.push(url.href);
            const { value } = locations.next();
            return {
              status: 302,
              headers: responseHeaders([["location", value]]),
              body: EMPTY,
              discard() {},
            };
          },
          close: async () => {},
        };
        const authorization = { token: "hf_secret", endpoint: "https://hub.test" };
        const error = await failureOf(
          requestFollowing(transport, new URL("https://hub.test/a"), { authorization }),
        );
        expect(["hub/redirect-loop", "hub/bad-response"]).toContain(error.code);
        expect(leaks).toEqual([]);
      }),
    );
  });
});
