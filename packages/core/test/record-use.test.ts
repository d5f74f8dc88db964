import { lastUses, recordUse, repoLayout } from "@mlx-download/cache";
import { expect, test } from "vitest";
import { findCached } from "../src/download/find-cached.ts";
import { MODEL, startRoad } from "./fixture.ts";

test("a download and a lookup count as a use of the snapshot", async () => {
  const { hub, cacheDir, get } = await startRoad();
  const { commit } = await hub.addRepo("acme/tiny", MODEL);
  const layout = repoLayout(cacheDir, "acme/tiny");
  const options = { env: {}, cacheDir };
  await findCached("acme/tiny", options);
  await get("acme/tiny");
  expect([...(await lastUses(layout)).keys()]).toEqual([commit]);
  await recordUse(layout, commit, { at: 1_000_000_000_000 });
  await findCached("acme/tiny", options);
  expect((await lastUses(layout)).get(commit)).toBeGreaterThan(1_000_000_000_000);
});
