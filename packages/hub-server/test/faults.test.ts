import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { startTestHub, type TestHub, type TestHubOptions } from "../src/testing/index.ts";

const SIZE = 300_000;

async function hubWithModel(options: TestHubOptions = {}): Promise<TestHub> {
  const hub = await startTestHub(options);
  onTestFinished(() => hub.close());
  await hub.addRepo("acme/tiny", { "config.json": "{}", "w.safetensors": { size: SIZE } });
  return hub;
}

const weights = (hub: TestHub): string => `${hub.url}/acme/tiny/resolve/main/w.safetensors`;
const info = (hub: TestHub): string => `${hub.url}/api/models/acme/tiny`;

/** Body bytes that come before the connection ends, and whether it ends well. */
async function receive(url: string, headers: Record<string, string> = {}) {
  const answer = await fetch(url, { headers });
  const pieces: Uint8Array[] = [];
  let failed = false;
  try {
    for await (const piece of answer.body ?? []) pieces.push(piece);
  } catch {
    failed = true;
  }
  return { answer, bytes: Buffer.concat(pieces), failed };
}

test("a cut lets exactly its bytes through, then fails; the next request is whole", async () => {
  const hub = await hubWithModel();
  const fault = hub.faults.add({ on: "cdn", kind: "cut", afterBytes: 100_001, times: 1 });
  const cut = await receive(weights(hub));
  expect([cut.failed, cut.bytes.byteLength]).toEqual([true, 100_001]);
  expect(cut.answer.headers.get("content-length")).toBe(String(SIZE));
  const whole = await receive(weights(hub));
  expect([whole.failed, whole.bytes.byteLength]).toEqual([false, SIZE]);
  expect(whole.bytes.subarray(0, 100_001).equals(cut.bytes)).toBe(true);
  expect(fault.hits).toBe(1);
  expect(hub.log.of({ target: "cdn" }).map((entry) => [entry.bytesSent, entry.outcome])).toEqual([
    [100_001, "broken"],
    [SIZE, "sent"],
  ]);
});

test("a cut may reset the connection, and may come before any answer", async () => {
  const hub = await hubWithModel();
  hub.faults.add({ on: "cdn", kind: "cut", afterBytes: 10, reset: true });
  expect((await receive(weights(hub))).failed).toBe(true);
  hub.faults.add({ on: "api", kind: "hangUp" });
  await expect(fetch(info(hub))).rejects.toThrow();
});

test("short and chunked answers end cleanly, too early", async () => {
  const hub = await hubWithModel();
  const short = hub.faults.add({ on: "cdn", kind: "short", missingBytes: 7 });
  const part = await receive(weights(hub), { range: "bytes=0-99" });
  expect([part.bytes.byteLength, part.answer.headers.get("content-range")]).toEqual([
    93,
    `bytes 0-92/${SIZE}`,
  ]);
  short.remove();
  hub.faults.add({ on: "cdn", kind: "chunkedEarlyEnd", afterBytes: 5000 });
  const early = await receive(weights(hub));
  expect([
    early.failed,
    early.bytes.byteLength,
    early.answer.headers.get("content-length"),
  ]).toEqual([false, 5000, null]);
});

test("one byte of the file is wrong in whatever range holds it", async () => {
  const hub = await hubWithModel();
  const good = (await receive(weights(hub))).bytes;
  hub.faults.add({ on: "cdn", kind: "wrongBytes", offset: 200_000 });
  const bad = (await receive(weights(hub))).bytes;
  expect(good.findIndex((byte, i) => byte !== bad[i])).toBe(200_000);
  const range = { range: "bytes=199990-200009" };
  expect((await receive(weights(hub), range)).bytes.equals(bad.subarray(199_990, 200_010))).toBe(
    true,
  );
  const before = await receive(weights(hub), { range: "bytes=0-199999" });
  expect(before.bytes.equals(good.subarray(0, 200_000))).toBe(true);
});

test("a stall sends its bytes and then nothing until the client leaves", async () => {
  const hub = await hubWithModel();
  hub.faults.add({ on: "cdn", kind: "stall", afterBytes: 1000 });
  const { headers } = await fetch(weights(hub), { method: "HEAD", redirect: "manual" });
  const answer = await new Promise<IncomingMessage>((resolve) =>
    get(headers.get("location") ?? "", resolve),
  );
  answer.on("error", () => {});
  let received = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    received += piece.byteLength;
    if (received >= 1000) break;
  }
  expect(received).toBe(1000);
  const [entry] = hub.log.of({ target: "cdn" });
  await expect.poll(() => entry?.outcome).toBe("broken");
});

test("an answer is held until the test lets it go", async () => {
  const hub = await hubWithModel();
  const gate = Promise.withResolvers<void>();
  hub.faults.add({ on: "api", kind: "hold", until: gate.promise });
  const answer = fetch(info(hub));
  const entry = await hub.log.waitFor({ target: "api" });
  expect(entry.outcome).toBeUndefined();
  gate.resolve();
  expect((await answer).status).toBe(200);
});

test("slow and late answers are whole", async () => {
  const hub = await hubWithModel();
  hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 3_000_000 });
  hub.faults.add({ on: ["api", "resolve", "cdn"], kind: "latency", ms: 5 });
  const { bytes, failed } = await receive(weights(hub));
  expect([failed, bytes.byteLength]).toEqual([false, SIZE]);
});

test("errors come as often as is said, with their headers", async () => {
  const hub = await hubWithModel();
  hub.faults.add({
    on: "api",
    kind: "status",
    status: 429,
    times: 2,
    retryAfter: 1,
    rateLimit: { r: 0, t: 1 },
  });
  hub.faults.add({
    on: "api",
    kind: "status",
    status: 503,
    nth: 3,
    body: "busy",
    headers: { "content-type": "text/plain" },
  });
  const first = await fetch(info(hub));
  expect([first.status, first.headers.get("retry-after"), first.headers.get("ratelimit")]).toEqual([
    429,
    "1",
    '"api";r=0;t=1',
  ]);
  expect((await fetch(info(hub))).status).toBe(429);
  const third = await fetch(info(hub));
  expect([third.status, await third.text(), third.headers.get("content-type")]).toEqual([
    503,
    "busy",
    "text/plain",
  ]);
  expect((await fetch(info(hub))).status).toBe(200);
});

test("an expired signature is the CDN's 403, a revoked token the Hub's 401", async () => {
  const hub = await hubWithModel();
  hub.faults.add({ on: "cdn", kind: "expiredSignature", times: 1 });
  const expired = await fetch(weights(hub));
  expect([expired.status, await expired.text()]).toEqual([
    403,
    expect.stringContaining("<Code>AccessDenied</Code>"),
  ]);
  expect((await fetch(weights(hub))).status).toBe(200);
  hub.faults.add({ on: ["api", "resolve"], kind: "tokenRevoked", after: 1 });
  expect((await fetch(info(hub))).status).toBe(200);
  const revoked = await fetch(info(hub));
  expect([revoked.status, revoked.headers.get("x-error-message")]).toEqual([
    401,
    "Invalid username or password.",
  ]);
});

test("signed URLs run out by the Hub's own clock", async () => {
  let now = Date.parse("2026-04-01T00:00:00Z");
  const hub = await hubWithModel({ signedUrlSeconds: 10, now: () => now });
  const { headers } = await fetch(weights(hub), { redirect: "manual" });
  const location = headers.get("location") ?? "";
  now += 10_000;
  expect((await fetch(location)).status).toBe(200);
  now += 1;
  expect((await fetch(location)).status).toBe(403);
});

test("ranges go wrong in each of the known ways", async () => {
  const hub = await hubWithModel();
  const range = { range: "bytes=10-19" };
  const look = async (headers: Record<string, string> = range) => {
    const { answer, bytes } = await receive(weights(hub), headers);
    hub.faults.clear();
    return [answer.status, answer.headers.get("content-range"), bytes.byteLength];
  };
  expect(await look()).toEqual([206, `bytes 10-19/${SIZE}`, 10]);
  hub.faults.add({ on: "cdn", kind: "ignoreRange" });
  expect(await look()).toEqual([200, null, SIZE]);
  hub.faults.add({ on: "cdn", kind: "rangeAs200" });
  expect(await look()).toEqual([200, null, 10]);
  hub.faults.add({ on: "cdn", kind: "wrongContentRange" });
  expect(await look()).toEqual([206, `bytes 11-20/${SIZE}`, 10]);
  hub.faults.add({ on: "cdn", kind: "rangeRefused" });
  expect(await look()).toEqual([416, `bytes */${SIZE}`, 0]);
  const stale = { ...range, "if-range": '"stale"' };
  expect(await look(stale)).toEqual([200, null, SIZE]);
  hub.faults.add({ on: "cdn", kind: "ifRangeIgnored" });
  expect(await look(stale)).toEqual([206, `bytes 10-19/${SIZE}`, 10]);
});

test("headers change, weaken, go away and come", async () => {
  const hub = await hubWithModel();
  hub.faults.add({ on: "cdn", kind: "changedEtag", after: 1 });
  const [first, second] = [await receive(weights(hub)), await receive(weights(hub))];
  expect(second.answer.headers.get("etag")).not.toBe(first.answer.headers.get("etag"));
  hub.faults.add({ on: "resolve", kind: "dropHeaders", names: ["x-repo-commit", "x-linked-size"] });
  hub.faults.add({ on: "resolve", kind: "weakEtag" });
  hub.faults.add({
    on: "resolve",
    kind: "setHeaders",
    headers: { "x-linked-etag": '"../../../evil"' },
  });
  const { headers } = await fetch(`${hub.url}/acme/tiny/resolve/main/config.json`, {
    redirect: "manual",
  });
  expect([
    headers.has("x-repo-commit"),
    headers.has("x-linked-size"),
    headers.get("x-linked-etag"),
  ]).toEqual([false, false, '"../../../evil"']);
  expect(headers.get("etag")).toMatch(/^W\/"/);
});

test("a redirect loops, or leads to a third host that serves the same and is logged", async () => {
  const hub = await hubWithModel();
  const loop = hub.faults.add({ on: "resolve", kind: "redirectLoop" });
  await expect(fetch(weights(hub))).rejects.toThrow();
  expect(loop.hits).toBeGreaterThan(10);
  hub.faults.clear();
  hub.faults.add({ on: "resolve", kind: "redirectElsewhere" });
  const { answer, bytes } = await receive(weights(hub));
  expect(new URL(answer.url).origin).toBe(hub.elsewhereUrl);
  expect(bytes.byteLength).toBe(SIZE);
  expect(hub.log.of({ target: "elsewhere" })).toMatchObject([
    { path: "w.safetensors", status: 200 },
  ]);
});

test("JSON may be a login page, or cut in half", async () => {
  const hub = await hubWithModel();
  hub.faults.add({ on: "api", kind: "loginPage", times: 1 });
  const page = await fetch(info(hub));
  expect([page.status, page.headers.get("content-type")]).toEqual([
    200,
    "text/html; charset=utf-8",
  ]);
  hub.faults.add({ on: "api", kind: "truncatedJson" });
  await expect((await fetch(info(hub))).json()).rejects.toThrow(SyntaxError);
});

test("a fault meets the files and repos it names, and says when it does", async () => {
  const hub = await hubWithModel();
  await hub.addRepo("acme/other", { "w.safetensors": "w" });
  const met: string[] = [];
  hub.faults.add({
    on: "resolve",
    path: "*.safetensors",
    repoId: "acme/tiny",
    method: "GET",
    kind: "status",
    status: 500,
    onHit: (entry) => met.push(entry.path),
  });
  expect((await fetch(`${hub.url}/acme/other/resolve/main/w.safetensors`)).status).toBe(200);
  expect((await fetch(`${hub.url}/acme/tiny/resolve/main/config.json`)).status).toBe(200);
  expect((await fetch(weights(hub), { method: "HEAD" })).status).toBe(200);
  expect((await fetch(weights(hub))).status).toBe(500);
  expect(met).toEqual(["w.safetensors"]);
});

test("the log tells who asked for what, with which range and whether with a token", async () => {
  const hub = await hubWithModel();
  hub.store.addUser({ name: "anna", tokens: ["hf_anna"] });
  await fetch(weights(hub), {
    headers: { authorization: "Bearer hf_anna", range: "bytes=0-9", "user-agent": "me/1" },
  });
  await fetch(`${hub.url}/api/agent-harnesses`);
  expect(hub.log.entries).toMatchObject([
    {
      target: "resolve",
      method: "GET",
      path: "w.safetensors",
      authorization: true,
      status: 302,
      userAgent: "me/1",
    },
    {
      target: "cdn",
      path: "w.safetensors",
      authorization: false,
      range: "bytes=0-9",
      bytesSent: 10,
      status: 206,
    },
  ]);
  expect(hub.log.entries[1]?.host).toBe(new URL(hub.cdnUrl).host);
  hub.log.clear();
  expect(hub.log.entries).toEqual([]);
});

test("closing ends what is stalled or held", async () => {
  const hub = await startTestHub();
  await hub.addRepo("acme/tiny", { "config.json": "{}" });
  hub.faults.add({ on: "api", kind: "stall" });
  const request = get(info(hub));
  const failed = once(request, "error");
  await hub.log.waitFor({ target: "api" });
  await hub.close();
  expect(((await failed)[0] as Error).message).toContain("socket hang up");
});
