import { createHash } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { createMemoryStore, serveHub, type ServeHubOptions } from "../src/index.ts";
import { defaultCdnHost } from "../src/serve-hub.ts";

async function served(options: Partial<ServeHubOptions> = {}) {
  const store = createMemoryStore();
  const hub = await serveHub({ store, ...options });
  onTestFinished(() => hub.close());
  return { store, hub };
}

test("the Hub and its CDN have different hosts, both on loopback", async () => {
  const { hub } = await served({ basePath: "/mirror" });
  expect(hub.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/mirror$/);
  expect(hub.cdnUrl).toMatch(/^http:\/\/localhost:\d+$/);
});

test("a Hub without a CDN sends everything itself", async () => {
  const { store, hub } = await served({ cdnHost: false });
  await store.addRepo("acme/tiny", { "w.bin": "weights" });
  const url = `${hub.url}/acme/tiny/resolve/main/w.bin`;
  const answer = await fetch(url, { redirect: "error" });
  expect([hub.cdnUrl, answer.status, await answer.text()]).toEqual([undefined, 200, "weights"]);
});

test("a CDN is on another loopback name by default, and nowhere for a Hub that others reach", () => {
  const hosts = ["127.0.0.1", "::1", "localhost", "0.0.0.0", "mac.local"];
  expect(hosts.map(defaultCdnHost)).toEqual(["localhost", "localhost", "127.0.0.1", false, false]);
});

test("the CDN answers on every loopback address that localhost may mean", async () => {
  const { hub } = await served();
  const { port } = new URL(hub.cdnUrl ?? "");
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(403);
  expect((await fetch(`http://localhost:${port}/`)).status).toBe(403);
});

test("a large file is sent whole, in constant memory", async () => {
  const { store, hub } = await served();
  const size = 600_000_000;
  const { commit } = await store.addRepo("acme/big", { "model.safetensors": { size, seed: 3 } });
  const [snapshot] = (await (await store.find("acme/big"))?.history(commit)) ?? [];
  const before = process.memoryUsage().rss;
  const answer = await fetch(`${hub.url}/acme/big/resolve/main/model.safetensors`);
  const hash = createHash("sha256");
  let peak = 0;
  for await (const piece of answer.body ?? []) {
    hash.update(piece);
    peak = Math.max(peak, process.memoryUsage().rss - before);
  }
  expect(hash.digest("hex")).toBe(snapshot?.files[0]?.lfs?.sha256);
  expect(peak).toBeLessThan(300_000_000);
});

test("a file that shrinks while it is served ends in a broken connection, not in a short answer", async () => {
  const errors: unknown[] = [];
  const { store, hub } = await served({ onError: (error) => errors.push(error) });
  const path = join(await tempDir(), "weights.safetensors");
  await writeFile(path, new Uint8Array(5_000_000));
  await store.addRepo("acme/live", { "weights.safetensors": { path } });
  await writeFile(path, new Uint8Array(1_000_000));
  const answer = await fetch(`${hub.url}/acme/live/resolve/main/weights.safetensors`);
  expect(answer.headers.get("content-length")).toBe("5000000");
  await expect(answer.arrayBuffer()).rejects.toThrow();
  await rm(path);
  await expect(fetch(`${hub.url}/acme/live/resolve/main/weights.safetensors`)).rejects.toThrow();
  expect(errors).toMatchObject([
    { message: expect.stringContaining("ended at byte 1000000") },
    { code: "ENOENT" },
  ]);
  expect((await fetch(`${hub.url}/api/models/acme/live`)).status).toBe(200);
});

test("a store that fails is a 500 that reveals nothing, and is reported", async () => {
  const errors: unknown[] = [];
  const { store, hub } = await served({ onError: (error) => errors.push(error) });
  const broken = new Error("the disk at /srv is gone");
  store.find = () => Promise.reject(broken);
  const answer = await fetch(`${hub.url}/api/models/acme/tiny`);
  expect([answer.status, await answer.json()]).toEqual([500, { error: "Internal Error" }]);
  expect(errors).toEqual([broken]);
});

test("clients that leave in the middle do no harm", async () => {
  const { store, hub } = await served({ largeFiles: "direct" });
  await store.addRepo("acme/big", { "model.safetensors": { size: 50_000_000 } });
  const rejections: unknown[] = [];
  const note = (reason: unknown): void => void rejections.push(reason);
  process.on("unhandledRejection", note);
  onTestFinished(() => void process.off("unhandledRejection", note));
  for (let i = 0; i < 20; i += 1) {
    const url = `${hub.url}/acme/big/resolve/main/model.safetensors`;
    const answer = await new Promise<IncomingMessage>((resolve) => get(url, resolve));
    answer.on("error", () => {});
    if (i % 2 === 0) await new Promise((resolve) => answer.once("data", resolve));
    const closed = new Promise((resolve) => answer.socket.once("close", resolve));
    answer.destroy();
    await closed;
  }
  const { hostname, port } = new URL(hub.url);
  const half = connect(Number(port), hostname);
  half.end(
    "POST /api/models/acme/big/paths-info/main HTTP/1.1\r\nHost: h\r\nContent-Length: 99\r\n\r\nab",
  );
  await new Promise((resolve) => half.once("close", resolve).resume());
  expect((await fetch(`${hub.url}/api/models/acme/big`)).status).toBe(200);
  expect(rejections).toEqual([]);
});

test("closing cuts what is still going on and frees the port", async () => {
  const { store, hub } = await served({ largeFiles: "direct" });
  await store.addRepo("acme/big", { "model.safetensors": { size: 500_000_000 } });
  const answer = await fetch(`${hub.url}/acme/big/resolve/main/model.safetensors`);
  await hub.close();
  await expect(answer.arrayBuffer()).rejects.toThrow();
  await expect(fetch(hub.url)).rejects.toThrow();
  const again = await serveHub({ store, port: Number(new URL(hub.url).port) });
  onTestFinished(() => again.close());
  expect(again.url).toBe(hub.url);
});

test("a port that is taken is refused with a code, and nothing is left open", async () => {
  const { store, hub } = await served();
  const port = Number(new URL(hub.url).port);
  await expect(serveHub({ store, port })).rejects.toMatchObject({
    code: "hub-server/cannot-listen",
    data: { host: "127.0.0.1", port },
  });
});
