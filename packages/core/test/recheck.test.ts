import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDigest } from "@mlx-download/cache";
import { expect, test } from "vitest";
import { createDiskThread } from "../src/transfer/disk/disk-thread.ts";
import { openPartialBlob } from "../src/transfer/disk/partial-blob.ts";
import { exists, failure, filesBelow, provedBlobs, type Road, startRoad } from "./fixture.ts";

const MB = 1024 * 1024;
const SIZE = 100 * MB;
const BLOCK = 4 * MB;
const FILE = { "model.safetensors": { size: SIZE, seed: 31 } } as const;

async function partialOf({ cacheDir }: Road) {
  const folder = join(cacheDir, "models--acme--big/.partial");
  const name = (await filesBelow(folder)).find((path) => path.endsWith(".data")) ?? "";
  const hex = name.slice(0, 64);
  return {
    paths: { data: join(folder, name), journal: join(folder, `${hex}.journal`) },
    digest: parseDigest(`sha256:${hex}`),
  };
}

/** A download that was stopped after its first 12 MiB were hashed. */
async function stoppedBeforeItsEnd(road: Road): Promise<void> {
  await road.hub.addRepo("acme/big", FILE);
  // So slow that the stop comes in the middle.
  const slow = road.hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 15_000_000 });
  const stop = new AbortController();
  const stopped = road.get("acme/big", {
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === "progress" && event.bytes.verified > 3 * BLOCK) {
        stop.abort(new Error("stop"));
      }
    },
  });
  await expect(stopped).rejects.toThrow("stop");
  slow.remove();
}

test("one flipped byte costs a part of the file again, not the whole", async () => {
  const { hub, get, cacheDir, events } = await startRoad();
  await hub.addRepo("acme/big", FILE);
  const flip = hub.faults.add({ on: "cdn", kind: "wrongBytes", offset: 20_000, nth: 1 });
  const result = await get("acme/big");
  expect(flip.hits).toBe(1);
  expect(result.bytes.fetched).toBe(SIZE);
  expect(result.bytes.wire - SIZE).toBeLessThanOrEqual(8 * BLOCK);
  const codes = events.flatMap((event) => (event.type === "retry" ? [event.code] : []));
  expect(codes.filter((code) => code === "transfer/checksum-mismatch")).toHaveLength(1);
  await provedBlobs(cacheDir, "acme/big");
}, 60_000);

test("bytes that the disk changed between two runs are found without the network, and only they come again", async () => {
  const road = await startRoad();
  await stoppedBeforeItsEnd(road);
  const { paths } = await partialOf(road);
  const file = await open(paths.data, "r+");
  await file.write(Buffer.alloc(5 * MB), 0, 5 * MB, MB);
  await file.close();
  const { bytes } = await road.get("acme/big");
  expect(bytes.wire - bytes.fetched).toBeLessThanOrEqual(4 * BLOCK);
  expect(bytes.resumed + bytes.fetched).toBe(SIZE);
  await provedBlobs(road.cacheDir, "acme/big");
}, 60_000);

test("a storage that keeps a wrong byte fails the download, and what came serves the next one", async () => {
  const road = await startRoad({ quirks: { lfsDirect: false } });
  const { hub, get, cacheDir } = road;
  await hub.addRepo("acme/big", FILE, {
    tree: (entries) =>
      entries.map((entry) => ({
        ...entry,
        lfs: { oid: "ab".repeat(32), size: SIZE, pointerSize: 134 },
      })),
  });
  const error = await failure(get("acme/big"));
  expect(error.code).toBe("transfer/checksum-mismatch");
  const { paths } = await partialOf(road);
  expect(error.data).toMatchObject({ kept: paths.data, askedAgain: SIZE, different: [] });
  expect(error.hint).toContain(paths.data);
  expect(await exists(join(cacheDir, "models--acme--big/refs/main"))).toBe(false);
  hub.log.clear();
  await failure(get("acme/big"));
  const sent = hub.log.of({ target: "cdn" }).reduce((sum, entry) => sum + entry.bytesSent, 0);
  // The second opinion only: what came the first time is the first.
  expect(sent).toBeLessThan(SIZE + 4 * BLOCK);
}, 60_000);

test("wrong bytes in a partial of unknown origin are put right from a good source", async () => {
  const road = await startRoad();
  await stoppedBeforeItsEnd(road);
  const { paths, digest } = await partialOf(road);
  // Bytes that some run took for good, without any word of how they were.
  const partial = await openPartialBlob(paths, { digest, size: SIZE });
  await partial.reset();
  const disk = createDiskThread();
  const file = disk.open(paths.data, { digest, size: SIZE, writable: true });
  const writer = partial.writeFrom(0, { write: file.write, onWritten: () => undefined });
  for (let done = 0; done < 3 * BLOCK;) {
    const space = writer.space().fill(7);
    done += space.byteLength;
    await writer.filled(space.byteLength);
  }
  await writer.drain();
  await disk.close();
  await partial.close();
  const { bytes } = await road.get("acme/big");
  expect(bytes.wire).toBeLessThanOrEqual(SIZE + 8 * BLOCK);
  expect(bytes.resumed).toBeLessThanOrEqual(0.5 * BLOCK);
  await provedBlobs(road.cacheDir, "acme/big");
  expect(await filesBelow(join(road.cacheDir, "models--acme--big/.partial"))).toEqual([]);
}, 60_000);

test("wrong small files leave what came behind, until a later run puts it right", async () => {
  const { hub, get, cacheDir } = await startRoad();
  await hub.addRepo("acme/small", { "config.json": { size: 40_000, seed: 1 } });
  const flip = hub.faults.add({ on: ["resolve", "cdn"], kind: "wrongBytes", offset: 20_000 });
  const error = await failure(get("acme/small"));
  expect((await readFile(String(error.data["kept"]))).byteLength).toBe(40_000);
  flip.remove();
  await get("acme/small");
  expect(await filesBelow(join(cacheDir, "models--acme--small/.partial"))).toEqual([]);
});
