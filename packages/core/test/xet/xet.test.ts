import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { planModel } from "../../src/index.ts";
import { MODEL, provedBlobs } from "../fixture.ts";
import { edited, noise, startXetRoad, words } from "./xet-hub.ts";

const XET_MODEL = { ...MODEL, "model.safetensors": { size: 12_000_000, seed: 7 } } as const;

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

test("a file in Xet storage comes through it, byte by byte, when it is to", async () => {
  const { hub, get, cacheDir, events } = await startXetRoad();
  await hub.addRepo("org/model", XET_MODEL, { xet: { chunksPerXorb: 40 } });
  const result = await get("org/model", { xet: "on" });
  expect(result.files.every(({ status }) => status === "fetched")).toBe(true);
  expect(await provedBlobs(cacheDir, "org/model")).toHaveLength(4);
  expect(events.filter(({ type }) => type === "source-switched" || type === "retry")).toEqual([]);
  expect(hub.log.of({ target: "cdn" })).toEqual([]);
  expect(hub.log.of({ target: "xorb" }).length).toBeGreaterThan(2);
});

test("what is packed on the wire costs less there, and the plan says so before the first byte", async () => {
  const { hub, get, cacheDir } = await startXetRoad();
  const text = words(8_000_000);
  await hub.addRepo("org/model", { "config.json": "{}", "model.safetensors": text });
  const options = { endpoint: hub.url, cacheDir, token: false, env: {}, xet: "on" } as const;
  const plan = await planModel("org/model", options);
  expect(plan.bytes.toFetch).toBe(text.length + 2);
  expect(plan.bytes.expectedWire).toBeLessThan(0.7 * text.length);
  const { bytes, path } = await get("org/model", { xet: "on" });
  expect(bytes.wire).toBe(plan.bytes.expectedWire);
  expect((await readFile(join(path, "model.safetensors"))).equals(text)).toBe(true);
});

test("nothing of Xet storage is asked for a first download, and nothing at all when it is off", async () => {
  const { hub, get } = await startXetRoad();
  await hub.addRepo("org/model", XET_MODEL);
  await get("org/model");
  await hub.addRepo("org/other", { "model.safetensors": { size: 5_000_000, seed: 3 } });
  await get("org/other", { env: { HF_HUB_DISABLE_XET: "1", MLX_DOWNLOAD_XET: "on" } });
  expect(hub.log.of({ target: "cas" })).toEqual([]);
  expect(hub.log.of({ target: "xorb" })).toEqual([]);
  expect(hub.log.of({ path: "*xet-read-token*" })).toEqual([]);
});

for (const first of ["off", "on"] as const) {
  test(`an edited revision is made of the former one, which came ${first === "on" ? "through Xet storage" : "by the plain route"}`, async () => {
    const { hub, get, cacheDir, events } = await startXetRoad();
    const base = noise(9_000_000);
    const next = edited(base);
    const xet = { chunksPerXorb: 50 };
    await hub.addRepo("org/model", { "config.json": "{}", "model.safetensors": base }, { xet });
    await get("org/model", { xet: first });
    await hub.addRepo("org/model", { "config.json": "{}", "model.safetensors": next }, { xet });
    hub.log.clear();
    const { bytes, path, files } = await get("org/model");
    const file = await readFile(join(path, "model.safetensors"));
    expect(sha256(file)).toBe(sha256(next));
    expect(bytes.copied).toBeGreaterThan(0.85 * next.length);
    expect(bytes.copied + bytes.fetched + bytes.cached).toBe(bytes.total);
    expect(bytes.wire).toBeLessThan(0.15 * next.length);
    expect(files.find((one) => one.path === "model.safetensors")?.status).toBe("copied");
    expect(hub.log.of({ target: "cdn" })).toEqual([]);
    expect(hub.log.of(({ path: asked }) => asked.includes("xet-read-token"))).toHaveLength(
      first === "on" ? 1 : 2,
    );
    expect(events.filter(({ type }) => type === "source-switched" || type === "retry")).toEqual([]);
    await provedBlobs(cacheDir, "org/model");
  });
}

for (const storage of ["gives parts", "refuses parts", "gives one byte, and refuses parts"]) {
  test(`the way back to a former revision is right, and its plan too, where the storage ${storage} of ranges`, async () => {
    const { hub, xet, get, cacheDir, events } = await startXetRoad();
    const base = noise(9_000_000);
    const how = { xet: { chunksPerXorb: 50 } };
    await hub.addRepo("org/model", { "model.safetensors": base }, how);
    await hub.addRepo("org/model", { "model.safetensors": edited(base) }, how);
    await get("org/model", { xet: "on" });
    await hub.addRepo("org/model", { "model.safetensors": base }, how);
    xet.behaviour.exactRanges = storage !== "gives parts";
    const options = { endpoint: hub.url, cacheDir, token: false, env: {} } as const;
    const plan = await planModel("org/model", options);
    if (storage.startsWith("gives one byte")) {
      const headers = { "content-length": "1" };
      hub.faults.add({ on: "xorb", kind: "status", status: 206, body: "x", headers, times: 1 });
    }
    hub.log.clear();
    const { bytes, path } = await get("org/model");
    expect((await readFile(join(path, "model.safetensors"))).equals(base)).toBe(true);
    if (storage === "gives parts") {
      expect(bytes.copied).toBeGreaterThan(0.85 * base.length);
      expect(bytes.wire).toBeLessThan(0.1 * base.length);
      expect(plan.bytes.expectedWire).toBe(bytes.wire);
    } else expect(plan.bytes.expectedWire).toBeGreaterThan(0.2 * base.length);
    const tries = events.flatMap((event) => (event.type === "retry" ? [event.code] : []));
    expect(tries).toEqual(storage.startsWith("gives one byte") ? ["xet/unauthorized"] : []);
    expect(events.filter(({ type }) => type === "source-switched")).toEqual([]);
    await provedBlobs(cacheDir, "org/model");
  });
}

test("a folder of the user's is made of what the cache has of a former revision", async () => {
  const { hub, get, cacheDir } = await startXetRoad();
  const base = noise(9_000_000);
  const next = edited(base);
  const how = { xet: { chunksPerXorb: 50 } };
  await hub.addRepo("org/model", { "model.safetensors": base }, how);
  await get("org/model");
  await hub.addRepo("org/model", { "model.safetensors": next }, how);
  const localDir = join(cacheDir, "..", "folder");
  const { bytes } = await get("org/model", { localDir });
  expect((await readFile(join(localDir, "model.safetensors"))).equals(next)).toBe(true);
  expect(bytes.copied).toBeGreaterThan(0.85 * next.length);
});
