import { startTestHub, type TestHub } from "@mlx-download/hub-server/testing";
import { expect, onTestFinished, test } from "vitest";
import { closedAddress } from "./serve.ts";
import { failure, provedBlobs, type Road, startRoad } from "./fixture.ts";

const SIZE = 24_000_000;
const FILES = {
  "config.json": { size: 40_000, seed: 1 },
  "model.safetensors": { size: SIZE, seed: 2 },
} as const;

/** Two Hubs with the same repo, the first one called the mirror. */
async function startMirrored(repoId = "acme/big") {
  const road = await startRoad();
  const mirror = await startTestHub();
  onTestFinished(() => mirror.close());
  await road.hub.addRepo(repoId, FILES);
  await mirror.addRepo(repoId, FILES);
  return { ...road, mirror, both: [mirror.url, road.hub.url] };
}

const slowly = (hub: TestHub, bytesPerSecond = 8_000_000): void =>
  void hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond });
const bytesOf = (hub: TestHub): number =>
  hub.log.of({ target: "cdn" }).reduce((sum, entry) => sum + entry.bytesSent, 0);
const switches = (events: Road["events"]): string[] =>
  events.flatMap((event) => (event.type === "source-switched" ? [event.code] : []));

test("the first endpoint says what is there, and the bytes come from both", async () => {
  const { hub, mirror, both, get, cacheDir } = await startMirrored();
  slowly(hub);
  slowly(mirror);
  const { bytes } = await get("acme/big", { endpoint: both });
  expect(bytes.fetched).toBe(bytes.total);
  expect(hub.log.of({ target: "api" })).toEqual([]);
  expect(bytesOf(hub)).toBeGreaterThan(SIZE / 8);
  expect(bytesOf(mirror)).toBeGreaterThan(SIZE / 8);
  expect(await provedBlobs(cacheDir, "acme/big")).toHaveLength(2);
});

test("an endpoint that is away is passed over, for the listing and for the bytes", async () => {
  const { hub, get, events } = await startMirrored();
  const away = closedAddress;
  const first = await get("acme/big", { endpoint: [away, hub.url] });
  expect(first.bytes.fetched).toBe(first.bytes.total);
  expect(switches(events)).toContain("hub/unreachable");
});

test("an endpoint that says nothing is passed over after its first timeout", async () => {
  const { hub, mirror, both, get } = await startMirrored();
  mirror.faults.add({ on: "api", kind: "stall" });
  const { bytes } = await get("acme/big", {
    endpoint: both,
    env: { HF_HUB_ETAG_TIMEOUT: "1" },
  });
  expect(bytes.fetched).toBe(bytes.total);
  expect(mirror.log.of({ target: "api", path: /\/revision\// })).toHaveLength(1);
  expect(hub.log.of({ target: "api", path: /\/revision\// })).toHaveLength(1);
});

test("one that goes away in the middle is left, and what came from it is kept", async () => {
  const { hub, mirror, both, get, events } = await startMirrored();
  slowly(mirror);
  slowly(hub);
  mirror.faults.add({ on: "cdn", kind: "hangUp", after: 2 });
  const { bytes } = await get("acme/big", { endpoint: both });
  expect(bytes.fetched).toBe(bytes.total);
  expect(bytes.wire).toBeLessThan(SIZE * 1.3);
  expect(switches(events).length).toBeGreaterThan(0);
});

test("a mirror that keeps a wrong byte is found out, and its bytes come from elsewhere", async () => {
  const { mirror, hub, both, get, cacheDir, events } = await startMirrored();
  slowly(hub);
  slowly(mirror);
  mirror.faults.add({ on: ["cdn", "resolve"], kind: "wrongBytes", offset: 20_000 });
  const { bytes } = await get("acme/big", { endpoint: both });
  expect(bytes.fetched).toBe(bytes.total);
  expect(await provedBlobs(cacheDir, "acme/big")).toHaveLength(2);
  const lies = events.filter(
    (event) => event.type === "source-switched" && event.code === "transfer/checksum-mismatch",
  );
  expect(lies).toMatchObject([{ from: new URL(mirror.url).host, to: new URL(hub.url).host }]);
});

test("where both contradict each other in several places the right one is found", async () => {
  const { mirror, hub, both, get, cacheDir } = await startMirrored();
  slowly(hub, 20_000_000);
  slowly(mirror, 20_000_000);
  for (let offset = 100_000; offset < SIZE; offset += 5_000_000) {
    mirror.faults.add({ on: "cdn", kind: "wrongBytes", offset });
  }
  await get("acme/big", { endpoint: both });
  expect(await provedBlobs(cacheDir, "acme/big")).toHaveLength(2);
});

test("where both brought parts of the same blocks, nobody is asked for a second opinion on its own bytes", async () => {
  const { mirror, hub, both, get, cacheDir } = await startMirrored();
  slowly(hub, 10_000_000);
  slowly(mirror, 40_000_000);
  for (let offset = 100_000; offset < SIZE; offset += 1_300_000) {
    mirror.faults.add({ on: "cdn", kind: "wrongBytes", offset });
  }
  // What it cannot finish the other goes on with, in the middle of a block.
  mirror.faults.add({ on: "cdn", kind: "cut", afterBytes: 1_500_000, times: 4 });
  await get("acme/big", { endpoint: both, connections: 2 });
  expect(await provedBlobs(cacheDir, "acme/big")).toHaveLength(2);
});

test("the honest one is asked once more where it could not answer the second question", async () => {
  const { mirror, hub, both, get, cacheDir } = await startMirrored();
  for (let offset = 100_000; offset < SIZE; offset += 1_300_000) {
    mirror.faults.add({ on: "cdn", kind: "wrongBytes", offset });
  }
  const told: unknown[] = [];
  await get("acme/big", {
    endpoint: both,
    connections: 1,
    onEvent(event) {
      if (event.type !== "retry" || event.code !== "transfer/checksum-mismatch") return;
      // As many useless answers as end the questions about one part.
      if (told.push(event) === 1)
        hub.faults.add({ on: "cdn", kind: "wrongContentRange", times: 5 });
    },
  });
  expect(told).toHaveLength(1);
  expect(await provedBlobs(cacheDir, "acme/big")).toHaveLength(2);
});

test("where two of three endpoints keep the same wrong bytes, the third is asked for all of them", async () => {
  const { mirror, hub, get, cacheDir } = await startMirrored();
  const second = await startTestHub();
  onTestFinished(() => second.close());
  await second.addRepo("acme/big", FILES);
  for (const liar of [mirror, second]) {
    liar.faults.add({ on: ["cdn", "resolve"], kind: "wrongBytes", offset: 20_000 });
    liar.faults.add({ on: "cdn", kind: "wrongBytes", offset: 9_000_000 });
  }
  // The honest one is away while the bytes come, and when a second opinion is asked for.
  const away = hub.faults.add({ on: ["cdn", "resolve"], kind: "wrongContentRange" });
  const liars = new Set<string>();
  await get("acme/big", {
    endpoint: [mirror.url, second.url, hub.url],
    onEvent(event) {
      if (!("code" in event) || event.code !== "transfer/checksum-mismatch") return;
      if (event.type === "retry") away.remove();
      if (event.type === "source-switched") liars.add(event.from);
    },
  });
  expect(await provedBlobs(cacheDir, "acme/big")).toHaveLength(2);
  expect(liars).toEqual(new Set([mirror, second].map(({ url }) => new URL(url).host)));
});

test("a mirror without the model's files costs nothing, one that says a file does not exist is believed", async () => {
  const { hub, get, cacheDir } = await startMirrored();
  const empty = await startTestHub();
  onTestFinished(() => empty.close());
  await get("acme/big", { endpoint: [hub.url, empty.url] });
  expect(await provedBlobs(cacheDir, "acme/big")).toHaveLength(2);

  // Other bytes than those that are on this disk by now.
  const files = { "model.safetensors": { size: 2_000_000, seed: 3 } };
  await hub.addRepo("acme/listed", files);
  await empty.addRepo("acme/listed", files);
  hub.faults.add({
    on: "resolve",
    path: "model.safetensors",
    kind: "status",
    status: 404,
    headers: { "x-error-code": "EntryNotFound" },
  });
  const error = await failure(get("acme/listed", { endpoint: [hub.url, empty.url] }));
  expect(error.code).toBe("hub/entry-not-found");
});

test("a repo that only the second endpoint has comes from there; one that none has is not found", async () => {
  const { hub, mirror, both, get } = await startMirrored();
  await hub.addRepo("acme/fresh", FILES);
  const { bytes } = await get("acme/fresh", { endpoint: both });
  expect(bytes.fetched).toBe(bytes.total);
  expect(bytesOf(mirror)).toBe(0);
  expect((await failure(get("acme/absent", { endpoint: both }))).code).toBe("hub/repo-not-found");
});

test("the token goes to the endpoint it is for, and to no mirror", async () => {
  const { hub, mirror, get } = await startMirrored();
  slowly(hub);
  slowly(mirror);
  await get("acme/big", { endpoint: [hub.url, mirror.url], token: "hf_secretsecret" });
  expect(hub.log.of({ authorization: true }).length).toBeGreaterThan(0);
  expect(mirror.log.entries.length).toBeGreaterThan(0);
  expect(mirror.log.of({ authorization: true })).toEqual([]);
});

test("a mirror that stops sending is left after the idle time", async () => {
  const { hub, mirror, both, get, events } = await startMirrored();
  mirror.faults.add({ on: "cdn", kind: "stall", afterBytes: 100_000 });
  const env = { HF_HUB_DOWNLOAD_TIMEOUT: "1" };
  const { bytes } = await get("acme/big", { endpoint: both, env });
  expect(bytes.fetched).toBe(bytes.total);
  expect(bytesOf(hub)).toBeGreaterThan(SIZE / 2);
  expect(switches(events)).toContain("transfer/stalled");
});
