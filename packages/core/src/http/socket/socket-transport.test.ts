import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { failureOf } from "../../../test/serve.ts";
import { pour } from "../byte-sink.ts";
import { createTransport } from "../create-transport.ts";
import type { TransportResponse } from "../transport.ts";
import { createTrustStore } from "../certificates.ts";
import { isGone, type Surroundings, surroundings } from "./lost-network.ts";
import { createSocketTransport } from "./socket-transport.ts";

/** A server that answers each request head with whatever `answer` writes on the bare socket. */
async function serveRaw(
  answer: (socket: Socket, request: string, nth: number) => void,
  around: Surroundings = surroundings,
  host = "127.0.0.1",
) {
  let requests = 0;
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    let pending = "";
    socket.on("error", () => {});
    socket.on("data", (data) => {
      pending += data.toString("latin1");
      for (let end = pending.indexOf("\r\n\r\n"); end !== -1; end = pending.indexOf("\r\n\r\n")) {
        const request = pending.slice(0, end);
        pending = pending.slice(end + 4);
        requests += 1;
        answer(socket, request, requests);
      }
    });
  }).listen(0, host);
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const transport = createSocketTransport(createTrustStore({}), around);
  onTestFinished(() => transport.close());
  const { port } = server.address() as AddressInfo;
  const url = new URL(`http://${host.includes(":") ? `[${host}]` : host}:${port}/x?y=1`);
  return { url, transport, connections: () => connections, requests: () => requests };
}

async function text(response: TransportResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString("latin1");
}

/** A sink in small spaces that sometimes asks to wait. */
function collectingSink(wait?: () => Promise<void>) {
  const pieces: Buffer[] = [];
  let space = new Uint8Array(1000);
  return {
    bytes: () => Buffer.concat(pieces),
    space: () => space,
    filled(count: number) {
      pieces.push(Buffer.from(space.subarray(0, count)));
      space = new Uint8Array(1000);
      return wait?.();
    },
  };
}

const answerOf = (body: string): string =>
  `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

test("one connection serves one request after the other", async () => {
  const { url, transport, connections } = await serveRaw((socket, request, nth) =>
    socket.write(answerOf(`${nth} ${request.split("\r\n")[0]}`)),
  );
  for (let nth = 1; nth <= 5; nth += 1) {
    expect(await text(await transport.request(url))).toBe(`${nth} GET /x?y=1 HTTP/1.1`);
  }
  expect(connections()).toBe(1);
});

test("an answer that comes byte by byte is the same answer", async () => {
  const { url, transport } = await serveRaw((socket) => {
    const bytes = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`;
    let at = 0;
    const next = (): void => {
      if (at < bytes.length) socket.write(bytes[at++] ?? "", next);
    };
    next();
  });
  expect(await text(await transport.request(url))).toBe("abcde");
  expect(await text(await transport.request(url))).toBe("abcde");
});

test("interim answers are passed over", async () => {
  const { url, transport } = await serveRaw((socket) =>
    socket.write(`HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n${answerOf("real")}`),
  );
  expect(await text(await transport.request(url))).toBe("real");
});

test("a body without length ends with the connection, and the next request gets a new one", async () => {
  const { url, transport, connections } = await serveRaw((socket) =>
    socket.end("HTTP/1.1 200 OK\r\n\r\nto the end"),
  );
  expect(await text(await transport.request(url))).toBe("to the end");
  expect(await text(await transport.request(url))).toBe("to the end");
  expect(connections()).toBe(2);
});

test("a large body goes straight into a sink, whole, and the connection lives on", async () => {
  const body = Buffer.alloc(5_000_000, "0123456789abcdefg");
  const { url, transport, connections } = await serveRaw((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`);
    socket.write(body);
  });
  for (const wait of [undefined, () => new Promise<void>((resolve) => setImmediate(resolve))]) {
    const sink = collectingSink(wait);
    await (await transport.request(url)).readInto?.(sink);
    expect(sink.bytes().equals(body)).toBe(true);
  }
  expect(connections()).toBe(1);
});

test("the reader gets the sink's error", async () => {
  const { url, transport } = await serveRaw((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n`);
    socket.write(Buffer.alloc(500_000));
  });
  const full = new Error("the disk is full");
  const response = await transport.request(url);
  const reading = response.readInto?.({
    space: () => new Uint8Array(1000),
    filled: () => {
      throw full;
    },
  });
  await expect(reading).rejects.toBe(full);
});

test("a body cut short is interrupted, in chunks and into a sink", async () => {
  const { url, transport } = await serveRaw((socket) =>
    socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"),
  );
  const first = await transport.request(url);
  expect((await failureOf(text(first))).code).toBe("transfer/interrupted");
  const sink = collectingSink();
  const second = await transport.request(url);
  const failed = await failureOf(second.readInto?.(sink) ?? Promise.resolve());
  expect(failed.code).toBe("transfer/interrupted");
  expect(sink.bytes().toString()).toBe("only this");
});

test("silence in a body is a stall, but not while the body is not read", async () => {
  const { url, transport } = await serveRaw((socket) =>
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"),
  );
  const response = await transport.request(url, { bodyTimeoutMs: 500 });
  const sink = collectingSink();
  const failed = await failureOf(response.readInto?.(sink) ?? Promise.resolve());
  expect(failed.code).toBe("transfer/stalled");
});

test("an abort in the middle of a body rejects with its reason", async () => {
  const { url, transport } = await serveRaw((socket) =>
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this"),
  );
  const controller = new AbortController();
  const reason = new Error("enough");
  const response = await transport.request(url, { signal: controller.signal });
  const reading = response.readInto?.(collectingSink());
  controller.abort(reason);
  await expect(reading).rejects.toBe(reason);
});

test("a kept connection that the server closes meanwhile costs nothing but a new one", async () => {
  const { url, transport, connections } = await serveRaw((socket, _, nth) => {
    if (nth === 2) socket.destroy();
    else socket.write(answerOf("fine"));
  });
  expect(await text(await transport.request(url))).toBe("fine");
  expect(await text(await transport.request(url))).toBe("fine");
  expect(connections()).toBe(2);
});

test("bytes behind the answer's end do not become the next answer", async () => {
  const { url, transport } = await serveRaw((socket, _, nth) =>
    socket.write(nth === 1 ? `${answerOf("one")}${answerOf("planted")}` : answerOf("two")),
  );
  expect(await text(await transport.request(url))).toBe("one");
  expect(await text(await transport.request(url))).toBe("two");
});

test("an unwanted small body is drained and a large one closes the connection, both at once", async () => {
  const { url, transport, connections } = await serveRaw((socket, _, nth) =>
    socket.write(
      nth === 3
        ? "HTTP/1.1 307 Temporary Redirect\r\nLocation: /y\r\nContent-Length: 278\r\n\r\n"
        : answerOf("x".repeat(nth === 1 ? 200 : 40_000)),
    ),
  );
  (await transport.request(url)).discard();
  (await transport.request(url)).discard();
  expect(connections()).toBe(1);
  // A redirect with a body that never comes delays no request.
  (await transport.request(url)).discard();
  expect(await text(await transport.request(url))).toHaveLength(40_000);
});

test("a header value that would break out of its line is refused before anything is sent", async () => {
  const { url, transport, requests } = await serveRaw((socket) => socket.write(answerOf("")));
  await expect(transport.request(url, { headers: { "x-a": "b\r\nX-Planted: 1" } })).rejects.toThrow(
    /header/,
  );
  expect(requests()).toBe(0);
});

test("an odd head is read by the more patient client, for good", async () => {
  const { url, requests } = await serveRaw((socket) =>
    socket.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: x, chunked\r\n\r\n4\r\nfine\r\n0\r\n\r\n"),
  );
  const transport = createTransport();
  onTestFinished(() => transport.close());
  expect(await text(await transport.request(url))).toBe("fine");
  expect(await text(await transport.request(url))).toBe("fine");
  expect(requests()).toBe(3);
});

test("pouring fills spaces smaller than the chunk one after the other", async () => {
  const sink = collectingSink();
  await pour(Buffer.alloc(2500, 7), sink);
  expect(sink.bytes().equals(Buffer.alloc(2500, 7))).toBe(true);
});

/** A machine whose wall clock can jump, as it does over a sleep. */
function sleeper() {
  let slept = 0;
  const around: Surroundings = { ...surroundings, now: () => Date.now() + slept };
  return { around, sleep: () => void (slept += 3_600_000) };
}

test("a connection that is silent after a sleep is given up long before its limit", async () => {
  const { around, sleep } = sleeper();
  const { url, transport } = await serveRaw((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
  }, around);
  const response = await transport.request(url, { bodyTimeoutMs: 3_600_000 });
  const reading = response.readInto?.(collectingSink()) ?? Promise.resolve();
  sleep();
  expect((await failureOf(reading)).code).toBe("transfer/stalled");
});

test("a connection that lives after a sleep goes on", async () => {
  const { around, sleep } = sleeper();
  const ready = Promise.withResolvers<Socket>();
  const { url, transport, connections } = await serveRaw((socket) => {
    socket.write("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nonly this ");
    ready.resolve(socket);
  }, around);
  const sink = collectingSink();
  const reading = (await transport.request(url)).readInto?.(sink);
  sleep();
  (await ready.promise).write("and that. ");
  await reading;
  expect(sink.bytes().toString()).toBe("only this and that. ");
  expect(connections()).toBe(1);
});

test("an idle connection from before a sleep gets no request", async () => {
  const { around, sleep } = sleeper();
  const { url, transport, connections } = await serveRaw(
    (socket) => socket.write(answerOf("here")),
    around,
  );
  await text(await transport.request(url));
  sleep();
  await text(await transport.request(url));
  expect(connections()).toBe(2);
});

test("a connection is cut when the machine has lost its address", async () => {
  // The loopback address of IPv4 is never lost.
  const around = { ...surroundings, addresses: () => new Set(["10.0.0.7"]) };
  const silent = (socket: Socket): void =>
    void socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
  const { url, transport } = await serveRaw(silent, around, "::1");
  const response = await transport.request(url, { bodyTimeoutMs: 3_600_000 });
  const failed = failureOf(response.readInto?.(collectingSink()) ?? Promise.resolve());
  expect((await failed).message).toContain("its network is gone");
});

test("the address of a connection is looked for among those of the machine", () => {
  const machine = { ...surroundings, addresses: () => new Set(["127.0.0.1", "10.0.0.7", "::1"]) };
  expect(isGone("10.0.0.7", machine)).toBe(false);
  expect(isGone("::ffff:10.0.0.7", machine)).toBe(false);
  expect(isGone("127.0.0.2", machine)).toBe(false);
  expect(isGone("192.168.1.4", machine)).toBe(true);
  expect(isGone("fe80::1%en0", machine)).toBe(true);
  expect(isGone("192.168.1.4", { ...machine, addresses: () => new Set() })).toBe(false);
  expect(isGone(undefined, machine)).toBe(false);
});
