import { expect, test } from "vitest";
import { provedBlobs, startRoad } from "./fixture.ts";

const SIZE = 48_000_000;

test("a connection that crawls does not hold the others' work up: its far half comes from elsewhere", async () => {
  const { hub, get, cacheDir } = await startRoad();
  await hub.addRepo("acme/big", { "model.safetensors": { size: SIZE, seed: 31 } });
  // Every connection is slow enough that all are used; the third one crawls.
  hub.faults.add({
    on: "cdn",
    kind: "slow",
    bytesPerSecond: 6_000_000,
    nth: [1, 2, 4, 5, 6, 7, 8],
  });
  hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 20_000, nth: 3 });
  const { bytes } = await get("acme/big");
  expect(bytes.fetched).toBe(SIZE);
  const crawling = hub.log.of({ target: "cdn", method: "GET" })[2];
  const [, start, end] = /bytes=(\d+)-(\d+)/.exec(crawling?.range ?? "") ?? [];
  // It was cut long before its own end.
  expect(crawling?.outcome).toBe("broken");
  expect(crawling?.bytesSent).toBeLessThan((Number(end) - Number(start)) / 2);
  await provedBlobs(cacheDir, "acme/big");
}, 60_000);

test("a server that pushes back gets fewer connections, and the model still comes", async () => {
  const { hub, get, cacheDir } = await startRoad();
  await hub.addRepo("acme/big", { "model.safetensors": { size: SIZE, seed: 32 } });
  hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 8_000_000 });
  hub.faults.add({ on: "cdn", kind: "status", status: 429, retryAfter: 0, after: 3, times: 5 });
  expect((await get("acme/big")).bytes.fetched).toBe(SIZE);
  expect(await provedBlobs(cacheDir, "acme/big")).toHaveLength(1);
}, 60_000);

test("many small files and large ones share the connections, and never more than allowed are open", async () => {
  const { hub, get } = await startRoad();
  const files: Record<string, { size: number; seed: number }> = {};
  for (let index = 0; index < 40; index += 1)
    files[`small/${index}.json`] = { size: 2000, seed: index };
  files["model-1.safetensors"] = { size: 6_000_000, seed: 50 };
  files["model-2.safetensors"] = { size: 6_000_000, seed: 51 };
  await hub.addRepo("acme/mixed", files);
  let most = 0;
  const result = await get("acme/mixed", {
    connections: 4,
    onEvent: (event) => {
      if (event.type === "progress") most = Math.max(most, event.connections);
    },
  });
  expect(result.files).toHaveLength(42);
  expect(result.bytes.fetched).toBe(result.bytes.total);
  expect(most).toBeLessThanOrEqual(4);
});
