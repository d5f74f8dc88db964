import { expect, test } from "vitest";
import { reserveDisk } from "../src/download/disk-reservation.ts";
import { downloadMany } from "../src/download/download-many.ts";
import { ModelDownloadError } from "../src/contract/errors.ts";
import { createRateLimit } from "../src/transfer/connections/rate-limit.ts";
import { provedBlobs, startRoad } from "./fixture.ts";

const MODELS = ["acme/one", "acme/two", "acme/three", "acme/four", "acme/five"];

async function startFive() {
  const road = await startRoad();
  for (const [index, repoId] of MODELS.entries()) {
    await road.hub.addRepo(repoId, {
      "config.json": { size: 500, seed: index },
      "model.safetensors": { size: 6_000_000, seed: 100 + index },
    });
  }
  const options = {
    env: {},
    endpoint: road.hub.url,
    cacheDir: road.cacheDir,
    token: false,
    onEvent: (event: (typeof road.events)[number]) => void road.events.push(event),
  } as const;
  return { ...road, options };
}

test("several models come at once over one budget of connections, each with its own result and events", async () => {
  const { hub, options, cacheDir, events } = await startFive();
  hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 4_000_000 });
  const connections = new Map<string, number>();
  let most = 0;
  const outcomes = await downloadMany(MODELS, {
    ...options,
    connections: 3,
    onEvent(event) {
      options.onEvent(event);
      if (event.type !== "progress") return;
      connections.set(event.repoId, event.connections);
      most = Math.max(most, ...connections.values());
    },
  });
  expect(outcomes.map(({ ref, ok }) => [ref, ok])).toEqual(MODELS.map((ref) => [ref, true]));
  expect(most).toBeLessThanOrEqual(3);
  for (const repoId of MODELS) {
    const mine = events.filter((event) => event.repoId === repoId).map(({ type }) => type);
    expect(mine).toEqual(expect.arrayContaining(["planned", "progress", "file-done", "result"]));
    expect(await provedBlobs(cacheDir, repoId)).toHaveLength(2);
  }
  expect(hub.log.of({ target: "cdn" }).length).toBeGreaterThanOrEqual(5);
});

test("one that fails stops no other, and the outcomes come in the order of asking", async () => {
  const { options } = await startFive();
  const refs = ["acme/one", "acme/absent", "no repo at all", "acme/two", "acme/one@main"];
  const outcomes = await downloadMany(refs, options);
  expect(outcomes.map(({ ref }) => ref)).toEqual(refs);
  expect(outcomes.map(({ ok }) => ok)).toEqual([true, false, false, true, true]);
  const [, absent, invalid] = outcomes;
  const codes = [absent, invalid].map((outcome) =>
    outcome?.ok === false && outcome.error instanceof ModelDownloadError
      ? outcome.error.code
      : undefined,
  );
  expect(codes).toEqual(["hub/repo-not-found", "ref/invalid"]);
});

test("an abort ends all of them with its reason", async () => {
  const { hub, options } = await startFive();
  hub.faults.add({ on: "cdn", kind: "stall", afterBytes: 1000 });
  const stop = new AbortController();
  const reason = new Error("enough");
  const all = downloadMany(MODELS, { ...options, signal: stop.signal });
  await hub.log.waitFor({ target: "cdn" });
  stop.abort(reason);
  await expect(all).rejects.toBe(reason);
});

test("a local dir takes one model only", async () => {
  const localDir = "/nonexistent";
  await expect(downloadMany(MODELS, { localDir })).rejects.toMatchObject({
    code: "settings/invalid",
  });
});

test("a limit that is lifted while several models run lets all of them end", async () => {
  const { options } = await startFive();
  // Slower than the test's patience: only lifting it brings the end.
  const limitRate = createRateLimit(100_000);
  const lift = (event: { type: string; bytes?: unknown }): void => {
    if (event.type === "file-started") setImmediate(() => (limitRate.bytesPerSecond = Infinity));
  };
  const outcomes = await downloadMany(MODELS, { ...options, limitRate, onEvent: lift });
  expect(outcomes.every(({ ok }) => ok)).toBe(true);
});

test("what another download of this process will still write on the same disk is not free", async () => {
  const { cacheDir, events, ...road } = await startFive();
  const one = await reserveDisk(cacheDir, 1e18);
  const [outcome] = await downloadMany(["acme/one"], road.options);
  expect(outcome).toMatchObject({
    ok: false,
    error: { code: "disk/insufficient", data: { reservedBytes: 1e18 } },
  });
  expect(events.some(({ type }) => type === "file-started")).toBe(false);
  one.release();
  const [again] = await downloadMany(["acme/one"], road.options);
  expect(again?.ok).toBe(true);
});
