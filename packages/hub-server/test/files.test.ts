import { createHash } from "node:crypto";
import { request, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { startTestHub } from "../src/testing/index.ts";
import { COMMIT, goldenHub, SHA256 } from "./golden-hub.ts";

const CONFIG_ETAG = '"479e18224e7827e7909c8a78f287e3306c1de8bb"';
const headersOf = (answer: Response): Record<string, string> => Object.fromEntries(answer.headers);

test("a small file is redirected to the resolve cache, with a body that is not the file's", async () => {
  const { ask } = await goldenHub();
  const answer = await ask("/acme/tiny/resolve/main/config.json");
  expect(answer.status).toBe(307);
  const location = `/api/resolve-cache/models/acme/tiny/${COMMIT}/config.json?%2Facme%2Ftiny%2Fresolve%2Fmain%2Fconfig.json=&etag=%22479e18224e7827e7909c8a78f287e3306c1de8bb%22`;
  expect(headersOf(answer)).toMatchObject({
    location,
    "x-repo-commit": COMMIT,
    etag: CONFIG_ETAG,
    "x-linked-etag": CONFIG_ETAG,
    "x-linked-size": "23",
  });
  expect(answer.headers.get("content-length")).not.toBe("23");
  const cached = await ask(location);
  expect(headersOf(cached)).toMatchObject({
    "content-length": "23",
    "content-type": "text/plain; charset=utf-8",
    etag: CONFIG_ETAG,
    "x-repo-commit": COMMIT,
    "accept-ranges": "bytes",
    "content-disposition": `inline; filename*=UTF-8''config.json; filename="config.json";`,
  });
  expect(await cached.text()).toBe('{"model_type":"llama"}\n');
});

test("a small file comes at once, and its size is left out, where the Hub is told so", async () => {
  const direct = await (
    await goldenHub({ smallFiles: "direct" })
  ).ask("/acme/tiny/resolve/main/README.md");
  expect([direct.status, direct.headers.get("content-type")]).toEqual([
    200,
    "text/markdown; charset=utf-8",
  ]);
  expect(direct.headers.has("x-linked-etag")).toBe(false);
  const hub = await goldenHub({ linkedSize: false });
  expect((await hub.ask("/acme/tiny/resolve/main/README.md")).headers.has("x-linked-size")).toBe(
    false,
  );
});

test("an LFS file is redirected to a signed URL on the CDN's host", async () => {
  const { ask } = await goldenHub();
  const answer = await ask("/acme/tiny/resolve/main/model.safetensors");
  expect(answer.status).toBe(302);
  expect(headersOf(answer)).toMatchObject({
    "x-repo-commit": COMMIT,
    "x-linked-size": "100",
    "x-linked-etag": `"${SHA256}"`,
    "accept-ranges": "bytes",
    "cache-control": "no-store",
    "x-hub-cache": "MISS",
    vary: "Origin",
  });
  expect(answer.headers.has("x-xet-hash")).toBe(false);
  expect(answer.headers.get("location")).toMatch(
    /^http:\/\/localhost:1\/repos\/.*[?&]xip=127\.0\.0\.1&Expires=\d+&Policy=/,
  );
  const ollama = await ask("/acme/tiny/resolve/main/model.safetensors", {
    headers: { "user-agent": "ollama/0.9.0 (arm64 darwin) Go/go1.24" },
  });
  expect(ollama.status).toBe(307);
});

test("where there is Xet storage, an LFS file names its hash, its token and its place in two links", async () => {
  const casUrl = "http://localhost:2";
  const { ask } = await goldenHub({ casUrl, xetHash: (file) => file.lfs && "d5".repeat(32) });
  const answer = await ask("/acme/tiny/resolve/main/model.safetensors");
  expect(headersOf(answer)).toMatchObject({
    "x-xet-hash": "d5".repeat(32),
    link: `<http://127.0.0.1:9/api/models/acme/tiny/xet-read-token/${COMMIT}>; rel="xet-auth", <${casUrl}/v1/reconstructions/${"d5".repeat(32)}>; rel="xet-reconstruction-info"`,
  });
  const tree = await ask("/api/models/acme/tiny/tree/main");
  expect(await tree.json()).toContainEqual(
    expect.objectContaining({ path: "model.safetensors", xetHash: "d5".repeat(32) }),
  );
  expect(headersOf(await ask("/acme/tiny/resolve/main/config.json"))).not.toHaveProperty("link");
});

test("the CDN's ETag is no sha256, and the same for the same content", async () => {
  const hub = await startTestHub({ regionalCdn: true });
  onTestFinished(() => hub.close());
  await hub.addRepo("acme/tiny", { "a.bin": "same", "b.bin": "same", "c.bin": "other" });
  const etags: (string | null)[] = [];
  const hosts: string[] = [];
  for (const path of ["a.bin", "b.bin", "c.bin"]) {
    const answer = await fetch(`${hub.url}/acme/tiny/resolve/main/${path}`);
    etags.push(answer.headers.get("etag"));
    hosts.push(new URL(answer.url).origin);
  }
  expect(etags[0]).toMatch(/^"[0-9a-f]{64}"$/);
  expect(etags[1]).toBe(etags[0]);
  expect(etags[2]).not.toBe(etags[0]);
  const sha256 = createHash("sha256").update("same").digest("hex");
  expect(etags[0]).not.toContain(sha256);
  expect(hosts).toEqual([hub.cdnUrl, hub.regionalCdnUrl, hub.cdnUrl]);
});

test("JSON is compressed for who accepts it, and has neither length nor one line of Vary", async () => {
  const hub = await startTestHub();
  onTestFinished(() => hub.close());
  const files = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`${i}.txt`, "x"]));
  await hub.addRepo("acme/many", files);
  const url = `${hub.url}/api/models/acme/many/tree/main`;
  const ask = (encoding: string, method = "GET") =>
    new Promise<IncomingMessage>((resolve) => {
      request(url, { method, headers: { "accept-encoding": encoding } }, resolve).end();
    });
  const packed = await ask("gzip, deflate");
  expect(packed.headers).toMatchObject({
    "content-encoding": "gzip",
    "transfer-encoding": "chunked",
  });
  const lines = packed.rawHeaders.filter((_, i, all) => all[i - 1]?.toLowerCase() === "vary");
  expect(lines).toEqual(["Origin", "Accept-Encoding"]);
  const entries = JSON.parse(gunzipSync(await buffer(packed)).toString()) as unknown[];
  expect(entries).toHaveLength(50);
  const plain = await ask("identity");
  expect(plain.headers["content-encoding"]).toBeUndefined();
  expect((await buffer(plain)).byteLength).toBe(Number(plain.headers["content-length"]));
  const head = await ask("gzip", "HEAD");
  expect([head.headers["content-encoding"], head.headers["content-length"]]).toEqual([
    "gzip",
    undefined,
  ]);
});

test("an LFS file comes from the Hub itself where there is no CDN", async () => {
  const { ask } = await goldenHub({ cdnUrl: undefined });
  const answer = await ask("/acme/tiny/resolve/main/model.safetensors", {
    headers: { range: "bytes=96-" },
  });
  expect(answer.status).toBe(206);
  expect(headersOf(answer)).toMatchObject({
    etag: `"${SHA256}"`,
    "x-linked-etag": `"${SHA256}"`,
    "content-range": "bytes 96-99/100",
  });
  expect([...new Uint8Array(await answer.arrayBuffer())]).toEqual([1, 2, 3, 4]);
});

test("raw gives the pointer of an LFS file under its git id, and anything else as it is", async () => {
  const { ask } = await goldenHub();
  const pointer = await ask("/acme/tiny/raw/main/model.safetensors");
  expect(pointer.headers.get("etag")).toBe('"07a046077f0a58beea34706f87b35e177709d581"');
  expect(await pointer.text()).toBe(
    `version https://git-lfs.github.com/spec/v1\noid sha256:${SHA256}\nsize 100\n`,
  );
  expect(await (await ask("/acme/tiny/raw/main/sub/dir/notes.txt")).text()).toBe("hello\n");
});

test("If-None-Match is answered 304 on resolve and not on raw", async () => {
  const { ask } = await goldenHub();
  const headers = { "if-none-match": CONFIG_ETAG };
  const resolved = await ask("/acme/tiny/resolve/main/config.json", { headers });
  expect([resolved.status, resolved.headers.get("x-repo-commit")]).toEqual([304, COMMIT]);
  expect((await ask("/acme/tiny/raw/main/config.json", { headers })).status).toBe(200);
});

test("ranges are honoured, unless If-Range names another version", async () => {
  const { ask } = await goldenHub({ smallFiles: "direct" });
  const get = (headers: Record<string, string>): Promise<Response> =>
    ask("/acme/tiny/resolve/main/config.json", { headers });
  const part = await get({ range: "bytes=1-12" });
  expect([
    part.status,
    part.headers.get("content-range"),
    part.headers.get("content-length"),
  ]).toEqual([206, "bytes 1-12/23", "12"]);
  expect(await part.text()).toBe('"model_type"');
  expect((await get({ range: "bytes=0-0", "if-range": CONFIG_ETAG })).status).toBe(206);
  expect((await get({ range: "bytes=0-0", "if-range": '"old"' })).status).toBe(200);
  const beyond = await get({ range: "bytes=23-" });
  expect([beyond.status, beyond.headers.get("content-range")]).toEqual([416, "bytes */23"]);
});

test("a range of an empty file is the empty file, or 416 where the Hub is told so", async () => {
  const headers = { range: "bytes=0-0" };
  const mild = await goldenHub({ smallFiles: "direct" });
  const empty = await mild.ask("/acme/tiny/resolve/main/empty.txt", { headers });
  expect([empty.status, empty.headers.get("content-range"), await empty.text()]).toEqual([
    200,
    "bytes */0",
    "",
  ]);
  const strict = await goldenHub({ smallFiles: "direct", emptyRange: 416 });
  const answer = await strict.ask("/acme/tiny/resolve/main/empty.txt", { headers });
  expect([answer.status, answer.headers.get("content-range")]).toEqual([416, "bytes */0"]);
});

test("text is compressed for who accepts it, where the Hub is told so: without length and ranges", async () => {
  const { ask } = await goldenHub({ gzip: true, smallFiles: "direct" });
  const packed = await ask("/acme/tiny/resolve/main/README.md", {
    headers: { "accept-encoding": "gzip, br" },
  });
  expect(packed.headers.get("content-encoding")).toBe("gzip");
  expect(packed.headers.has("content-length")).toBe(false);
  expect(packed.headers.has("accept-ranges")).toBe(false);
  const stream = new Blob([await packed.arrayBuffer()])
    .stream()
    .pipeThrough(new DecompressionStream("gzip"));
  expect(await new Response(stream).text()).toBe("# tiny\n");
  const plain = await ask("/acme/tiny/resolve/main/README.md", {
    headers: { "accept-encoding": "identity" },
  });
  expect(plain.headers.get("content-length")).toBe("7");
});

test("HEAD has the headers of GET on every route", async () => {
  const { ask } = await goldenHub({ now: () => Date.parse("2026-04-01T00:00:00Z") });
  const varying = new Set(["x-request-id", "x-amz-cf-id", "ratelimit"]);
  for (const path of [
    "/api/models/acme/tiny",
    "/api/models/acme/tiny/tree/main",
    "/acme/tiny/resolve/main/config.json",
    "/acme/tiny/resolve/main/model.safetensors",
    "/acme/tiny/raw/main/model.safetensors",
    `/api/resolve-cache/models/acme/tiny/${COMMIT}/config.json`,
    "/acme/tiny/resolve/main/nope",
  ]) {
    const [get, head] = [await ask(path), await ask(path, { method: "HEAD" })];
    const stable = (answer: Response) => [...answer.headers].filter(([name]) => !varying.has(name));
    expect([path, head.status, stable(head)]).toEqual([path, get.status, stable(get)]);
    expect(head.headers.has("content-length")).toBe(true);
    expect(await head.text()).toBe("");
  }
});
