import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { run, tempDir } from "@mlx-download/test-utils";
import { describe, expect, onTestFinished, test } from "vitest";
import { closedAddress, failureOf, serve } from "../../test/serve.ts";
import { createTransport } from "./create-transport.ts";
import { createTrustStore } from "./certificates.ts";
import { createUndiciTransport } from "./undici-transport.ts";
import type { Transport, TransportOptions, TransportResponse } from "./transport.ts";

function open(options: TransportOptions = {}): Transport {
  const transport = createTransport(options);
  onTestFinished(() => transport.close());
  return transport;
}

async function text(response: TransportResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** An https server on localhost with a certificate of its own making for `name`. */
async function serveSecurely(
  name: string,
  body: string | Buffer = "secure",
): Promise<{ cert: string; port: number; dir: string }> {
  const dir = await tempDir();
  const [key, cert] = [join(dir, "key.pem"), join(dir, "cert.pem")];
  const subject = ["-subj", `/CN=${name}`, "-addext", `subjectAltName=DNS:${name}`];
  const kind = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const files = ["-keyout", key, "-out", cert];
  execFileSync("openssl", ["req", ...kind, ...files, "-days", "2", ...subject], {
    stdio: "ignore",
  });
  const server = createTlsServer(
    { key: await readFile(key), cert: await readFile(cert) },
    (_request, response) => void response.end(body),
  );
  server.listen(0, "localhost");
  await new Promise((resolve) => server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { cert, port: (server.address() as AddressInfo).port, dir };
}

/** A proxy whose tunnels all lead to `port`. Returns its URL. */
async function serveTunnel(
  port: number,
  onTunnel?: (to: string | undefined) => void,
): Promise<string> {
  const proxy = await serve((_request, response) => void response.writeHead(400).end());
  proxy.server.on("connect", (request, socket) => {
    onTunnel?.(request.url);
    const onward = connect(port, "localhost", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  return proxy.url;
}

describe.each([
  ["sockets", () => createTransport()],
  ["undici", () => createUndiciTransport({}, createTrustStore({}))],
  ["a given fetch", () => createTransport({ fetch })],
] as const)("a transport on %s", (_name, create) => {
  const openOne = (): Transport => {
    const transport = create();
    onTestFinished(() => transport.close());
    return transport;
  };

  test("sends method, headers and body, and gives status, headers and bytes back", async () => {
    const bodies: string[] = [];
    const { url, requests } = await serve((request, response) => {
      request.setEncoding("utf8").on("data", (chunk: string) => bodies.push(chunk));
      request.on("end", () => {
        response.writeHead(201, { "X-One": "1", Link: ["<a>", "<b>"] }).end("hello");
      });
    });
    const response = await openOne().request(new URL(`${url}/path?x=1`), {
      method: "POST",
      headers: { "x-mine": "yes" },
      body: "sent",
    });
    expect(response.status).toBe(201);
    expect(response.headers.get("x-oNe")).toBe("1");
    expect(response.headers.get("link")).toBe("<a>, <b>");
    expect(response.headers.get("absent")).toBeUndefined();
    expect(await text(response)).toBe("hello");
    expect(bodies.join("")).toBe("sent");
    expect(requests[0]).toMatchObject({
      method: "POST",
      path: "/path?x=1",
      headers: { "x-mine": "yes" },
    });
  });

  test("does not follow redirects", async () => {
    const { url, requests } = await serve((_request, response) => {
      response.writeHead(302, { Location: "/elsewhere" }).end();
    });
    const response = await openOne().request(new URL(url));
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe("/elsewhere");
    response.discard();
    expect(requests).toHaveLength(1);
  });

  test("says that a connection was refused, by which host, and keeps the cause", async () => {
    const url = closedAddress;
    const error = await failureOf(openOne().request(new URL(`${url}/a?token=x`)));
    expect(error).toMatchObject({
      code: "hub/unreachable",
      data: { reason: "refused", cause: "ECONNREFUSED", url: `${url}/a?token=…` },
    });
    expect(error.message).toContain(url);
    expect(error.cause).toBeInstanceOf(Error);
  });

  test("says that a name does not exist", async () => {
    const error = await failureOf(openOne().request(new URL("http://no-such-host.invalid/")));
    expect(error).toMatchObject({ code: "hub/unreachable", data: { reason: "dns" } });
  });

  test("gives up on headers that do not come", async () => {
    const { url } = await serve(() => {});
    const error = await failureOf(openOne().request(new URL(url), { headersTimeoutMs: 50 }));
    expect(error).toMatchObject({ code: "hub/unreachable", data: { reason: "no-answer" } });
  });

  test("gives up on a body that falls silent", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("begin");
    });
    const response = await openOne().request(new URL(url), { bodyTimeoutMs: 50 });
    expect(await failureOf(text(response))).toMatchObject({ code: "transfer/stalled" });
  });

  test("says that a body was cut", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(200, { "content-length": "100" }).write("begin", () => response.destroy());
    });
    const response = await openOne().request(new URL(url));
    expect(await failureOf(text(response))).toMatchObject({ code: "transfer/interrupted" });
  });

  test("throws the signal's reason: before, while waiting, while reading", async () => {
    const { url } = await serve((request, response) => {
      if (request.url === "/body") response.writeHead(200, { "content-length": "9" }).write("x");
    });
    const transport = openOne();
    const reason = new Error("enough");
    await expect(
      transport.request(new URL(url), { signal: AbortSignal.abort(reason) }),
    ).rejects.toBe(reason);

    const waiting = new AbortController();
    const request = transport.request(new URL(url), { signal: waiting.signal });
    setImmediate(() => waiting.abort(reason));
    await expect(request).rejects.toBe(reason);

    const reading = new AbortController();
    const response = await transport.request(new URL(`${url}/body`), { signal: reading.signal });
    setImmediate(() => reading.abort(reason));
    await expect(text(response)).rejects.toBe(reason);
  });

  test("discards a body that never comes without waiting for it", async () => {
    const { url } = await serve((_request, response) => {
      response.writeHead(307, { location: "/x", "content-length": "278" }).flushHeaders();
    });
    const response = await openOne().request(new URL(url));
    response.discard();
    response.discard();
    expect(response.status).toBe(307);
  });

  test("survives a socket that breaks while it is not being read", async () => {
    const { url } = await serve((request, response) => {
      if (request.url === "/ok") return void response.end("fine");
      response.writeHead(200, { "content-length": "100" }).write("x", () => response.destroy());
    });
    const transport = openOne();
    const broken = await transport.request(new URL(url));
    expect(await text(await transport.request(new URL(`${url}/ok`)))).toBe("fine");
    broken.discard();
  });
});

describe("the transport without a given fetch", () => {
  test("keeps to the number of connections", async () => {
    let now = 0;
    let most = 0;
    const { url } = await serve((_request, response) => {
      most = Math.max(most, ++now);
      setImmediate(() => {
        now--;
        response.end("x");
      });
    });
    const transport = open({ connections: 2 });
    await Promise.all(
      Array.from({ length: 12 }, async () => text(await transport.request(new URL(url)))),
    );
    expect(most).toBeLessThanOrEqual(2);
  });

  test("uses one connection again and again", async () => {
    const { url, server } = await serve((_request, response) => void response.end("x"));
    let connections = 0;
    server.on("connection", () => connections++);
    const transport = open();
    for (let i = 0; i < 5; i++) await text(await transport.request(new URL(url)));
    expect(connections).toBeLessThan(5);
  });

  test("keeps the connection after a redirect whose body is short", async () => {
    const { url, server } = await serve((request, response) => {
      if (request.url === "/a") response.writeHead(307, { location: "/b" }).end("x".repeat(278));
      else response.end("x");
    });
    let connections = 0;
    server.on("connection", () => connections++);
    const transport = open();
    for (let i = 0; i < 3; i++) {
      (await transport.request(new URL(`${url}/a`))).discard();
      await new Promise((resolve) => setImmediate(resolve));
      await text(await transport.request(new URL(`${url}/b`)));
    }
    expect(connections).toBeLessThan(6);
  });

  test("goes through the proxy that the environment names, with its password", async () => {
    const proxy = await serve((request, response) => {
      response.end(`proxied ${request.url} ${request.headers["proxy-authorization"]}`);
    });
    const env = { HTTP_PROXY: proxy.url.replace("//", "//anna:secret@") };
    const target = new URL("http://hub.test/x");
    expect(await text(await open({ env }).request(target))).toBe(
      `proxied http://hub.test/x Basic ${btoa("anna:secret")}`,
    );
    const direct = open({ env: { ...env, NO_PROXY: "hub.test" } });
    expect(await failureOf(direct.request(target))).toMatchObject({ data: { reason: "dns" } });
    expect(proxy.requests).toHaveLength(1);
  });

  test("names the proxy, without its password, when the proxy fails", async () => {
    const proxy = closedAddress;
    const env = { ALL_PROXY: proxy.replace("//", "//anna:secret@") };
    const error = await failureOf(open({ env }).request(new URL("https://huggingface.co/")));
    expect(error).toMatchObject({ code: "hub/unreachable", data: { proxy: `${proxy}/` } });
    expect(error).toHaveProperty("hint", expect.stringContaining("HTTP_PROXY"));
    expect(error.message).not.toContain("secret");
    expect(JSON.stringify(error)).not.toContain("secret");
  });

  test("says that a proxy wants a password", async () => {
    const proxy = await serve((_request, response) => void response.writeHead(407).end());
    proxy.server.on("connect", (_request, socket) => {
      socket.end("HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n");
    });
    const transport = open({ env: { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url } });
    for (const target of ["http://example.test/", "https://example.test/"]) {
      expect(await failureOf(transport.request(new URL(target)))).toMatchObject({
        code: "hub/unreachable",
        data: { reason: "proxy" },
      });
    }
  });

  test("says that a server does not speak HTTP", async () => {
    const server = createServer((socket) =>
      socket.end("SSH-2.0-OpenSSH\r\n", () => socket.destroy()),
    );
    server.listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    onTestFinished(() => new Promise((resolve) => void server.close(() => resolve())));
    const { port } = server.address() as AddressInfo;
    expect(await failureOf(open().request(new URL(`http://127.0.0.1:${port}/`)))).toMatchObject({
      code: "hub/unreachable",
      data: { reason: "protocol" },
    });
  });

  test("says that https was spoken to an http server", async () => {
    const { url } = await serve((_request, response) => void response.end());
    const error = await failureOf(open().request(new URL(url.replace("http:", "https:"))));
    expect(error).toMatchObject({ code: "hub/unreachable", data: { reason: "tls" } });
  });

  test("reads a large body over TLS straight into a sink", async () => {
    const body = randomBytes(3_000_000);
    const { cert, port } = await serveSecurely("localhost", body);
    const transport = open({ env: { SSL_CERT_FILE: cert } });
    for (let round = 0; round < 2; round += 1) {
      const response = await transport.request(new URL(`https://localhost:${port}/`));
      const got = Buffer.alloc(body.length);
      let at = 0;
      await response.readInto?.({
        space: () => got.subarray(at),
        filled(bytes) {
          at += bytes;
          // Now and then the disk is slow.
          return at % 3 === 0 ? new Promise((resolve) => setImmediate(resolve)) : undefined;
        },
      });
      expect(got.equals(body)).toBe(true);
    }
  });

  test("trusts the certificates that the environment names, and only then", async () => {
    const { cert, port, dir } = await serveSecurely("localhost");
    const url = new URL(`https://localhost:${port}/`);
    expect(await failureOf(open().request(url))).toMatchObject({
      code: "hub/unreachable",
      data: { reason: "tls" },
    });
    for (const variable of ["SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"]) {
      expect(await text(await open({ env: { [variable]: cert } }).request(url))).toBe("secure");
    }
    const broken = join(dir, "broken.pem");
    await writeFile(broken, "no certificate");
    for (const path of [broken, join(dir, "absent.pem")]) {
      expect(await failureOf(open({ env: { SSL_CERT_FILE: path } }).request(url))).toMatchObject({
        code: "settings/invalid",
        data: { variable: "SSL_CERT_FILE", path },
      });
    }
  });

  test("trusts the system's authorities, directly and through a proxy", async () => {
    const { cert, port } = await serveSecurely("localhost");
    const authorities = await tempDir();
    await copyFile(cert, join(authorities, "company.pem"));
    const proxy = await serveTunnel(port);
    const source = new URL("create-transport.ts", import.meta.url).href;
    const script = `
      const { createTransport } = await import(${JSON.stringify(source)});
      const transport = createTransport({ env: process.env });
      const answers = await Promise.all([1, 2, 3].map(() => transport.request(new URL("https://localhost:${port}/"))));
      for (const { status } of answers) console.log(status);
      await transport.close();`;
    for (const env of [{}, { HTTPS_PROXY: proxy }]) {
      const { stdout, stderr } = await run(
        process.execPath,
        ["--conditions=@mlx-download/source", "--input-type=module", "-e", script],
        { env: { ...process.env, no_proxy: "", NO_PROXY: "", ...env, SSL_CERT_DIR: authorities } },
      );
      expect(stdout, stderr).toBe("200\n200\n200\n");
    }
  });

  test("checks the server's own certificate through a proxy's tunnel", async () => {
    const { cert, port } = await serveSecurely("hub.test");
    const tunnels: (string | undefined)[] = [];
    const proxy = await serveTunnel(port, (to) => tunnels.push(to));
    const env = { HTTPS_PROXY: proxy, SSL_CERT_FILE: cert };
    const url = new URL("https://hub.test/x");
    expect(await text(await open({ env }).request(url))).toBe("secure");
    expect(tunnels).toEqual(["hub.test:443"]);
    const other = open({ env }).request(new URL("https://other.test/"));
    expect(await failureOf(other)).toMatchObject({ data: { reason: "tls" } });
  });
});
