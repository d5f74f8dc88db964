import { join } from "node:path";
import { expect, test } from "vitest";
import { exists, failure, MODEL, startRoad } from "./fixture.ts";

test("a download that fails before its first byte leaves no empty repo", async () => {
  const { hub, get, cacheDir } = await startRoad();
  await hub.addRepo("acme/tiny", { "config.json": "{}", "model.safetensors": { size: 2_000_000 } });
  hub.faults.add({ on: "resolve", kind: "status", status: 403 });
  expect((await failure(get("acme/tiny"))).code).toMatch(/^hub\//);
  expect(await exists(join(cacheDir, "models--acme--tiny"))).toBe(false);
  expect(await exists(join(cacheDir, ".locks", "models--acme--tiny"))).toBe(false);
});

test("a download that fails with something here leaves it", async () => {
  const { hub, get, cacheDir } = await startRoad();
  await hub.addRepo("acme/tiny", MODEL);
  await get("acme/tiny", { include: "config.json" });
  hub.faults.add({ on: "resolve", kind: "status", status: 403 });
  await failure(get("acme/tiny"));
  expect(await exists(join(cacheDir, "models--acme--tiny", "blobs"))).toBe(true);
});
