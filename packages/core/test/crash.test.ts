import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseDigest } from "@mlx-download/cache";
import { pythonEnv, run } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { createRangeSet } from "../src/transfer/disk/ranges.ts";
import { readJournal } from "../src/transfer/disk/journal.ts";
import { exists, filesBelow, provedBlobs, startRoad } from "./fixture.ts";

const SIZE = 32_000_000;

/** A download in a process of its own; resolves when it ended, however. */
function startChild(endpoint: string, cacheDir: string) {
  const child = spawn(
    process.execPath,
    [
      "--conditions=@mlx-download/source",
      join(import.meta.dirname, "download-child.ts"),
      endpoint,
      cacheDir,
      "acme/big",
    ],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  return { child, ended: once(child, "exit") };
}

test("killed at any moment, the next run goes on, and no finished byte is asked for twice", async () => {
  const { hub, cacheDir, get } = await startRoad();
  await hub.addRepo("acme/big", {
    "config.json": "{}\n",
    "model.safetensors": { size: SIZE, seed: 11 },
  });
  // Slow enough that every kill hits the middle.
  const slow = hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 3_000_000 });
  const repo = join(cacheDir, "models--acme--big");
  const journalled = async () => {
    const [name = ""] = (await filesBelow(join(repo, ".partial"))).filter((path) =>
      path.endsWith(".journal"),
    );
    if (name === "") return createRangeSet([]);
    const digest = parseDigest(`sha256:${name.split(".")[0]}`);
    return createRangeSet(await readJournal(join(repo, ".partial", name), digest, SIZE));
  };

  let before = 0;
  for (let kill = 0; kill < 4; kill += 1) {
    hub.log.clear();
    const { child, ended } = startChild(hub.url, cacheDir);
    // The child says a line for every progress; it is killed once its journal has grown by a share of its own.
    for await (const told of child.stdout) {
      if (String(told) !== "" && (await journalled()).covered > before + kill * 500_000) break;
    }
    child.kill("SIGKILL");
    await ended;

    expect(await exists(join(repo, "refs/main"))).toBe(false);
    expect(await filesBelow(join(repo, "snapshots"))).not.toContain("model.safetensors");
    const have = await journalled();
    expect(have.covered).toBeGreaterThan(before);
    before = have.covered;
  }

  const have = await journalled();
  slow.remove();
  hub.log.clear();
  const result = await get("acme/big");
  expect(result.bytes.resumed).toBe(have.covered);
  expect(result.bytes.resumed + result.bytes.fetched + result.bytes.cached).toBe(SIZE + 3);
  const asked = hub.log
    .of({ target: "cdn", method: "GET" })
    .map((entry) => /bytes=(\d+)-(\d+)/.exec(entry.range ?? ""))
    .map((match) => ({ start: Number(match?.[1]), end: Number(match?.[2]) + 1 }));
  for (const range of asked) {
    const overlap = createRangeSet([...have.ranges(), range]);
    expect(overlap.covered).toBe(have.covered + range.end - range.start);
  }
  await provedBlobs(cacheDir, "acme/big");
  expect(await readFile(join(repo, "refs/main"), "utf8")).toBe(result.commit);
}, 120_000);

// The whole exercise: MLX_DOWNLOAD_KILLS=200.
const KILLS = Number(process.env["MLX_DOWNLOAD_KILLS"] ?? 5);

test(
  `killed ${KILLS} times at random moments, a model of several files comes whole and little comes twice`,
  async () => {
    const { hub, cacheDir, get } = await startRoad();
    // Large enough that it outlives the kills.
    const sizes = [0.2, 0.3, 0.5].map((part) =>
      Math.round(part * (16_000_000 + KILLS * 6_000_000)),
    );
    const total = sizes.reduce((sum, size) => sum + size, 0);
    const shards = sizes.map((size, index) => [
      `model-${index}.safetensors`,
      { size, seed: index },
    ]);
    await hub.addRepo("acme/big", { "config.json": "{}\n", ...Object.fromEntries(shards) });
    const slow = hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 2_000_000 });
    const repo = join(cacheDir, "models--acme--big");
    let seed = 1;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;

    for (let kill = 0; kill < KILLS; kill += 1) {
      const { child, ended } = startChild(hub.url, cacheDir);
      child.stdout.setEncoding("utf8");
      // A line comes for every progress, ten a second.
      let lines = Math.floor(random() * 5);
      for await (const _ of child.stdout) if ((lines -= 1) < 0) break;
      child.kill("SIGKILL");
      await ended;
      if (await exists(join(repo, "refs/main"))) break;
      for (const name of await filesBelow(join(repo, "blobs"))) {
        const { size } = await stat(join(repo, "blobs", name));
        expect([3, ...sizes]).toContain(size);
      }
    }
    expect(await exists(join(repo, "refs/main"))).toBe(false);
    slow.remove();
    await get("acme/big");
    expect(await provedBlobs(cacheDir, "acme/big")).toHaveLength(4);
    const sent = hub.log.of({ target: "cdn" }).reduce((sum, entry) => sum + entry.bytesSent, 0);
    expect(sent).toBeLessThanOrEqual(total + KILLS * 4 * 1024 * 1024);
  },
  60_000 + KILLS * 5_000,
);

test("eight processes that want the same model all end well, and the bytes come once", async () => {
  const { hub, cacheDir } = await startRoad();
  await hub.addRepo("acme/big", { "model.safetensors": { size: SIZE, seed: 12 } });
  const children = Array.from({ length: 8 }, () => startChild(hub.url, cacheDir));
  for (const { child } of children) child.stdout.resume();
  const codes = await Promise.all(children.map(async ({ ended }) => (await ended)[0] as number));
  expect(codes).toEqual(children.map(() => 0));
  const sent = hub.log.of({ target: "cdn" }).reduce((sum, entry) => sum + entry.bytesSent, 0);
  // One download's worth, and what sockets hold when a slow piece is shared.
  expect(sent).toBeLessThan(SIZE * 1.3);
  await provedBlobs(cacheDir, "acme/big");
}, 60_000);

const hubEnv = pythonEnv("hub-2.4.0");

test.skipIf(!hubEnv)(
  "with Python's client among them nothing is damaged, and all end well",
  async () => {
    const { hub, cacheDir } = await startRoad();
    await hub.addRepo("acme/big", {
      "config.json": "{}\n",
      "model.safetensors": { size: SIZE, seed: 15 },
    });
    const theirs = run(join(hubEnv?.bin ?? "", "hf"), ["download", "acme/big"], {
      env: {
        PATH: process.env["PATH"],
        HOME: join(cacheDir, ".."),
        HF_HOME: join(cacheDir, ".."),
        HF_HUB_CACHE: cacheDir,
        HF_ENDPOINT: hub.url,
        HF_HUB_DISABLE_TELEMETRY: "1",
        HF_HUB_DISABLE_UPDATE_CHECK: "1",
      },
    });
    const children = Array.from({ length: 3 }, () => startChild(hub.url, cacheDir));
    for (const { child } of children) child.stdout.resume();
    const codes = await Promise.all(children.map(async ({ ended }) => (await ended)[0] as number));
    const { code, stderr } = await theirs;
    expect([...codes, code], stderr).toEqual([0, 0, 0, 0]);
    expect(await provedBlobs(cacheDir, "acme/big")).toHaveLength(2);
  },
  60_000,
);

test("when the process that downloads dies, the one that waits takes over where it stopped", async () => {
  const { hub, cacheDir, get, events } = await startRoad();
  await hub.addRepo("acme/big", { "model.safetensors": { size: SIZE, seed: 13 } });
  const hold = hub.faults.add({
    on: "cdn",
    kind: "hold",
    afterBytes: 2_000_000,
    until: new Promise(() => {}),
  });
  const { child, ended } = startChild(hub.url, cacheDir);
  // Its output is read to the end: it must not die of a closed pipe before it is killed.
  const { promise: hasMuch, resolve: onMuch } = Promise.withResolvers<void>();
  child.stdout.setEncoding("utf8").on("data", (lines: string) => {
    if (Number(lines.trim().split("\n").at(-1)) > 2_000_000) onMuch();
  });
  await hasMuch;
  const { promise: waiting, resolve } = Promise.withResolvers<void>();
  const mine = get("acme/big", {
    onEvent: (event) => {
      events.push(event);
      if (event.type === "waiting" && event.reason === "locked") resolve();
    },
  });
  await waiting;
  hold.remove();
  child.kill("SIGKILL");
  await ended;
  const result = await mine;
  expect(result.bytes.resumed).toBeGreaterThan(2_000_000);
  await provedBlobs(cacheDir, "acme/big");
}, 60_000);
