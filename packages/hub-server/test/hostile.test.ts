import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDirectoryStore, serveHub, type ServedHub } from "../src/index.ts";
import { goldenHub } from "./golden-hub.ts";
import { rawRequest } from "./raw-request.ts";

let hub: ServedHub;
let dir: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "hub-server-"));
  await mkdir(join(dir, "root/acme/tiny"), { recursive: true });
  await writeFile(join(dir, "root/acme/tiny/config.json"), "{}");
  await writeFile(join(dir, "secret"), "secret");
  hub = await serveHub({ store: await createDirectoryStore(join(dir, "root")) });
});

afterAll(async () => {
  await hub.close();
  await rm(dir, { recursive: true, force: true });
});

const HOST = "Host: hub\r\nConnection: close";

test.each([
  "/acme/tiny/resolve/main/../../../../secret",
  "/acme/tiny/resolve/main/%2e%2e/%2e%2e/%2e%2e/%2e%2e/secret",
  "/acme/tiny/resolve/main/..%2f..%2f..%2f..%2fsecret",
  "/acme/tiny/resolve/main/..%5c..%5c..%5csecret",
  "/acme/tiny/resolve/main//etc/passwd",
  "/acme/tiny/resolve/..%2f..%2f..%2fsecret/x",
  "/api/models/..%2f..%2fsecret",
  "/api/models/../secret",
  "/..%2f..%2f/tiny/resolve/main/config.json",
  "/acme/tiny/resolve/main/config.json%00.txt",
  "/acme/tiny/resolve/main/%zz",
  "/%c0%ae%c0%ae/secret",
  "//secret",
  "/acme%2Ftiny/resolve/main/config.json",
  "/api/models/acme%2Ftiny",
  "http://elsewhere/acme/tiny/resolve/main/nope",
  "nonsense",
  "*",
])("GET %s is refused and reveals nothing", async (target) => {
  expect(await rawRequest(hub.url, [`GET ${target} HTTP/1.1`, HOST])).toMatch(/^HTTP\/1\.1 4\d\d /);
});

test("an encoded slash between owner and name is a bad request, as on the Hub", async () => {
  expect((await fetch(`${hub.url}/api/models/acme%2Ftiny`)).status).toBe(400);
});

test.each(["DELETE", "PUT", "PATCH", "PROPFIND", "TRACE", "BREW", "OPTIONS"])(
  "%s is refused",
  async (method) => {
    const line = await rawRequest(hub.url, [`${method} /api/models/acme/tiny HTTP/1.1`, HOST]);
    expect(line).toMatch(/^HTTP\/1\.1 40[045] /);
  },
);

test("huge targets, headers and bodies are refused", async () => {
  const long = "x".repeat(20_000);
  expect(await rawRequest(hub.url, [`GET /api/models?search=${long} HTTP/1.1`, HOST])).toContain(
    " 431 ",
  );
  expect(await rawRequest(hub.url, ["GET / HTTP/1.1", HOST, `X: ${long}`])).toContain(" 431 ");
  const answer = await fetch(`${hub.url}/api/models/acme/tiny/paths-info/main`, {
    method: "POST",
    body: "x".repeat(5_000_000),
  });
  expect(answer.status).toBe(413);
});

test("a host that is none is refused", async () => {
  const line = await rawRequest(hub.url, ["GET / HTTP/1.1", 'Host: a"b<c', "Connection: close"]);
  expect(line).toMatch(/^HTTP\/1\.1 4\d\d /);
});

test("a CDN URL that was not signed here is refused", async () => {
  const answer = await fetch(`${hub.cdnUrl}/repos/acme/tiny/${"0".repeat(40)}/config.json`);
  expect([answer.status, answer.headers.get("content-type")]).toEqual([403, "application/xml"]);
  expect((await fetch(`${hub.cdnUrl}/`)).status).toBe(403);
});

test("no path, query or header makes the Hub fail", async () => {
  const { ask } = await goldenHub();
  const segment = fc.oneof(
    fc.constantFrom(
      "api",
      "models",
      "acme",
      "tiny",
      "tree",
      "resolve",
      "main",
      "refs",
      "pr",
      "..",
      "%2e%2e",
    ),
    fc.string().map((text) => encodeURIComponent(text.toWellFormed())),
    fc.webPath(),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(segment, { maxLength: 9 }),
      fc.webQueryParameters(),
      fc.constantFrom("GET", "HEAD", "POST", "PUT"),
      async (segments, query, method) => {
        const answer = await ask(`/${segments.join("/")}?${query}`, { method });
        expect(answer.status).toBeLessThan(500);
      },
    ),
    { numRuns: 300 },
  );
});
