import { expect, onTestFinished, test } from "vitest";
import { startTestHub, type TestHub, type TestHubOptions } from "../src/testing/index.ts";

const SIZE = 300_000;

async function hubWithModel(options: TestHubOptions = {}): Promise<TestHub> {
  const hub = await startTestHub(options);
  onTestFinished(() => hub.close());
  await hub.addRepo("acme/tiny", { "sub/a.txt": "a", "w.safetensors": { size: SIZE } });
  return hub;
}

test("a rate limit names the caller's address as text and its reset in the header, and no Retry-After", async () => {
  const hub = await hubWithModel();
  hub.faults.add({ on: "api", kind: "rateLimited", path: "/api/models", times: 1 });
  hub.faults.add({ on: "resolve", kind: "rateLimited", resetSeconds: 200 });
  const list = await fetch(`${hub.url}/api/models`);
  expect([list.status, list.headers.get("ratelimit"), list.headers.get("retry-after")]).toEqual([
    429,
    '"api";r=0;t=52',
    null,
  ]);
  expect(list.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(await list.text()).toMatch(/^We had to rate limit your IP \(203\.0\.113\.7\)\. /);
  expect((await fetch(`${hub.url}/api/models`)).status).toBe(200);
  const file = await fetch(`${hub.url}/acme/tiny/resolve/main/sub/a.txt`);
  expect([file.status, file.headers.get("ratelimit")]).toEqual([429, '"resolvers";r=0;t=200']);
});

test("a CDN refuses fresh links, sends a part without a byte, or loses the length on the way", async () => {
  const hub = await hubWithModel();
  const url = `${hub.url}/acme/tiny/resolve/main/w.safetensors`;
  const refused = hub.faults.add({ on: "cdn", kind: "signatureRefused" });
  const answer = await fetch(url);
  expect([answer.status, await answer.text()]).toEqual([
    403,
    "SignatureError: invalid key pair id",
  ]);
  refused.remove();
  const empty = hub.faults.add({ on: "cdn", kind: "emptyPart" });
  const part = await fetch(url, { headers: { range: "bytes=0-999" } });
  expect([part.status, part.headers.get("content-length")]).toEqual([206, "1000"]);
  await expect(part.arrayBuffer()).rejects.toThrow();
  expect(hub.log.of({ target: "cdn", status: 206 })[0]?.bytesSent).toBe(0);
  empty.remove();
  hub.faults.add({ on: "cdn", kind: "withoutLength" });
  const chunked = await fetch(url);
  expect([chunked.headers.has("content-length"), (await chunked.arrayBuffer()).byteLength]).toEqual(
    [false, SIZE],
  );
});

test("a token can be refused in any of the Hub's words for some requests only", async () => {
  const hub = await hubWithModel();
  hub.faults.add({ on: "api", kind: "tokenRevoked", refusal: "signature", times: 1 });
  const answer = await fetch(`${hub.url}/api/models/acme/tiny`);
  expect([answer.status, await answer.json()]).toEqual([
    401,
    { error: "OAuth token signature verification failed: signature verification failed" },
  ]);
});

test("a proxy drops recursion, or the address of the next page", async () => {
  const hub = await hubWithModel({ treePageSize: 1, quirks: { nextPageDropped: true } });
  const listed = async (repo: string) => {
    const tree = await fetch(`${hub.url}/api/models/${repo}/tree/main?recursive=true`);
    const items = (await tree.json()) as { path: string }[];
    return [tree.headers.get("link"), items.map(({ path }) => path)];
  };
  expect(await listed("acme/tiny")).toEqual([null, ["sub"]]);
  const other = await hubWithModel({ quirks: { recursionDropped: true } });
  const tree = await fetch(`${other.url}/api/models/acme/tiny/tree/main?recursive=true`);
  expect(((await tree.json()) as { path: string }[]).map(({ path }) => path)).toEqual([
    "sub",
    "w.safetensors",
  ]);
});
