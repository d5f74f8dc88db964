import { expect, test } from "vitest";
import { MODEL, provedBlobs, startRoad } from "../fixture.ts";

const XET_MODEL = { ...MODEL, "model.safetensors": { size: 12_000_000, seed: 7 } } as const;

test("a file in Xet storage comes through it, byte by byte, when it is to", async () => {
  const { hub, get, cacheDir, events } = await startRoad({ xet: true });
  await hub.addRepo("org/model", XET_MODEL, { xet: { chunksPerXorb: 40 } });
  const result = await get("org/model", { xet: "on" });
  expect(result.files.every(({ status }) => status === "fetched")).toBe(true);
  expect(await provedBlobs(cacheDir, "org/model")).toHaveLength(4);
  expect(events.filter(({ type }) => type === "source-switched" || type === "retry")).toEqual([]);
  expect(hub.log.of({ target: "cdn" })).toEqual([]);
  expect(hub.log.of({ target: "xorb" }).length).toBeGreaterThan(2);
});
