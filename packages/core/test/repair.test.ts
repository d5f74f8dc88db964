import { createHash } from "node:crypto";
import { createReadStream, rmSync } from "node:fs";
import {
  chmod,
  copyFile,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { basename, join } from "node:path";
import { repoLayout, scanCache, snapshotPath, treePath } from "@mlx-download/cache";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { repairModels, type RepairOptions } from "../src/repair/repair-models.ts";
import type { RepairEvent, RepairReport } from "../src/repair/repair-report.ts";
import { verifyModels } from "../src/repair/verify-models.ts";
import { failure, filesBelow, provedBlobs, type Road, startRoad } from "./fixture.ts";

const STEP = 4 * 1024 * 1024;
const FILE = "model.safetensors";
const MIDDLE = 40 * 1024 * 1024;
// The five gigabytes on demand; the same road at a size that costs a second.
const LARGE = process.env["MLX_DOWNLOAD_LARGE"] === "1" ? 5_000_000_000 : 300_000_000;

/** Changes bytes and keeps length and times, as a disk does. */
async function damage(path: string, ...positions: readonly number[]): Promise<void> {
  const file = await open(path, "r+");
  const { atime, mtime } = await file.stat();
  for (const at of positions) {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, at);
    byte[0] = (byte[0] ?? 0) ^ 0xff;
    await file.write(byte, 0, 1, at);
  }
  await file.utimes(atime, mtime);
  await file.close();
}

/** A Hub and a model of one weights file in the cache, and its blob. */
async function downloaded(size: number): Promise<Road & { blob: string; options: RepairOptions }> {
  const road = await startRoad();
  const { hub, cacheDir, get } = road;
  await hub.addRepo("acme/big", { "config.json": "{}\n", [FILE]: { size, seed: 5 } });
  await get("acme/big");
  hub.log.clear();
  const blobs = join(cacheDir, "models--acme--big", "blobs");
  const name = (await readdir(blobs)).find((one) => one.length === 64) ?? "";
  const options = { env: {}, endpoint: hub.url, cacheDir, token: false } as const;
  return { ...road, blob: join(blobs, name), options };
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}

/** The ranges that were asked from the storage, and how many body bytes it sent. */
function asked({ hub }: Road): { ranges: readonly (string | undefined)[]; bytes: number } {
  const entries = hub.log.of({ target: "cdn" });
  return {
    ranges: entries.map(({ range }) => range),
    bytes: entries.reduce((sum, { bytesSent }) => sum + bytesSent, 0),
  };
}

test("a flipped byte in a large file is named, and only its 4 MiB are fetched again", async () => {
  const road = await downloaded(LARGE);
  const { blob, options } = road;
  await damage(blob, LARGE / 2);
  const { bad } = await verifyModels(["acme/big"], options);
  const start = Math.floor(LARGE / 2 / STEP) * STEP;
  expect(bad).toMatchObject([{ path: FILE, blob, damage: { start, end: start + STEP } }]);

  const events: RepairEvent[] = [];
  const report = await repairModels(["acme/big"], {
    ...options,
    onEvent: (event) => events.push(event),
  });
  expect(report).toMatchObject({ failed: [], repaired: [{ path: FILE, how: "segments" }] });
  expect(asked(road)).toEqual({ ranges: [`bytes=${start}-${start + STEP - 1}`], bytes: STEP });
  expect(report.bytes.wire).toBe(STEP);
  expect(await digestOf(blob)).toBe(basename(blob));
  expect((await verifyModels(["acme/big"], options)).bad).toEqual([]);
  const { quarantined } = report.repaired[0] ?? {};
  expect((await stat(quarantined ?? "")).size).toBe(LARGE);
  expect(await digestOf(quarantined ?? "")).not.toBe(basename(blob));
  const types = new Set(events.map(({ type }) => type));
  for (const type of ["verify-bad", "repair-set-aside", "planned", "repair-done"]) {
    expect(types).toContain(type);
  }
  // A second look finds nothing to do.
  expect((await repairModels(["acme/big"], options)).repaired).toEqual([]);
}, 300_000);

test("of two repairs at once the file is right afterwards, and at worst one says that the other writes it", async () => {
  const road = await downloaded(MIDDLE);
  await damage(road.blob, 10);
  const reports = await Promise.all([
    repairModels(["acme/big"], road.options),
    repairModels(["acme/big"], { ...road.options, force: true }),
  ]);
  const codes = reports.flatMap(({ failed }) => failed.map(({ code }) => code));
  expect(codes.filter((code) => code !== "cache/locked")).toEqual([]);
  expect(codes.length).toBeLessThan(2);
  expect(await digestOf(road.blob)).toBe(basename(road.blob));
});

test("a damaged file that another repair took away since it was found is fetched all the same", async () => {
  const { blob, options } = await downloaded(MIDDLE);
  await damage(blob, 10);
  const report = await repairModels(["acme/big"], {
    ...options,
    onEvent: ({ type }) => {
      if (type === "verify-bad") rmSync(blob);
    },
  });
  expect(report).toMatchObject({ failed: [], repaired: [{ how: "entry", quarantined: null }] });
  expect(await digestOf(blob)).toBe(basename(blob));
});

test("damage in several places and in the last bytes costs little more than those places", async () => {
  const road = await downloaded(MIDDLE + 1000);
  await damage(road.blob, 10, 20 * 1024 * 1024, MIDDLE + 500);
  const report = await repairModels(["acme/big"], road.options);
  expect(report).toMatchObject({ failed: [], repaired: [{ how: "segments" }] });
  expect(await digestOf(road.blob)).toBe(basename(road.blob));
  expect(asked(road).bytes).toBeLessThanOrEqual(5 * STEP);
});

test("damage in the last step alone costs that step", async () => {
  const road = await downloaded(MIDDLE + 1000);
  await damage(road.blob, MIDDLE + 500);
  await repairModels(["acme/big"], road.options);
  expect(asked(road)).toEqual({ ranges: [`bytes=${MIDDLE}-${MIDDLE + 999}`], bytes: 1000 });
  expect(await digestOf(road.blob)).toBe(basename(road.blob));
});

test("of a truncated file what is missing is fetched", async () => {
  const road = await downloaded(MIDDLE);
  await truncate(road.blob, MIDDLE - STEP);
  const report = await repairModels(["acme/big"], road.options);
  expect(report).toMatchObject({ failed: [], repaired: [{ how: "segments" }] });
  expect(asked(road).bytes).toBe(STEP);
  expect(await digestOf(road.blob)).toBe(basename(road.blob));
});

test("a model that another tool brought gets its record when it is verified, and without one the file comes whole", async () => {
  const road = await downloaded(MIDDLE);
  const layout = repoLayout(road.cacheDir, "acme/big");
  await rm(layout.recordsDir, { recursive: true });
  await verifyModels(["acme/big"], road.options);
  await damage(road.blob, 5 * 1024 * 1024);
  const { repaired } = await repairModels(["acme/big"], road.options);
  expect(repaired).toMatchObject([{ how: "segments" }]);
  expect(asked(road).bytes).toBe(STEP);

  await rm(layout.recordsDir, { recursive: true });
  await damage(road.blob, 5 * 1024 * 1024);
  road.hub.log.clear();
  const second = await repairModels(["acme/big"], road.options);
  expect(second.repaired).toMatchObject([{ how: "file" }]);
  expect(asked(road).bytes).toBe(MIDDLE);
  expect(await digestOf(road.blob)).toBe(basename(road.blob));
});

test("a payload of the shared store is read and never written: the repo gets a file of its own", async () => {
  const road = await downloaded(MIDDLE);
  const { blob, cacheDir, options } = road;
  const store = join(cacheDir, "blobs", "ab");
  const payload = join(store, `ab${"0".repeat(62)}`);
  await mkdir(store, { recursive: true });
  await writeFile(join(cacheDir, "blobs", ".huggingface-shared-blobs"), "1\n");
  await damage(blob, MIDDLE / 2);
  await rename(blob, payload);
  await chmod(payload, 0o444);
  await symlink(`../../blobs/ab/${basename(payload)}`, blob);
  const before = await digestOf(payload);
  const report = await repairModels(["acme/big"], options);
  expect(report).toMatchObject({ failed: [], repaired: [{ how: "segments", quarantined: null }] });
  expect((await lstat(blob)).isFile()).toBe(true);
  expect(await digestOf(blob)).toBe(basename(blob));
  expect(await digestOf(payload)).toBe(before);
  expect(asked(road).bytes).toBe(STEP);
});

test("a small file and a link without content get theirs back", async () => {
  const road = await downloaded(MIDDLE);
  const { cacheDir, options, blob } = road;
  const layout = repoLayout(cacheDir, "acme/big");
  const config = (await readdir(layout.blobsDir)).find((one) => one.length === 40) ?? "";
  await damage(join(layout.blobsDir, config), 0);
  await rm(blob);
  const { repaired, failed } = await repairModels([], options);
  expect(failed).toEqual([]);
  expect(repaired.map(({ path, how }) => [path, how])).toEqual([
    ["config.json", "file"],
    [FILE, "entry"],
  ]);
  await provedBlobs(cacheDir, "acme/big");
});

test("one file that cannot be repaired keeps no other from it, and a foreign dead link is taken away", async () => {
  const road = await downloaded(1_500_000);
  const layout = repoLayout(road.cacheDir, "acme/big");
  const [commit = ""] = await readdir(layout.snapshotsDir);
  const hex = "c".repeat(40);
  await writeFile(join(layout.blobsDir, hex), "nobody's");
  await symlink(`../../blobs/${hex}`, snapshotPath(layout, commit, "foreign.txt"));
  await symlink("../../blobs/gone", snapshotPath(layout, commit, "dead.txt"));
  await damage(road.blob, 5);
  const { repaired, failed } = await repairModels(["acme/big"], road.options);
  expect(repaired.map(({ path, how }) => [path, how])).toEqual([
    [FILE, "file"],
    ["dead.txt", "removed"],
  ]);
  expect(failed).toMatchObject([{ path: "foreign.txt", code: "hub/entry-not-found" }]);
  expect(await digestOf(road.blob)).toBe(basename(road.blob));
  expect((await scanCache(road.cacheDir)).repos[0]?.findings.map(({ code }) => code)).toEqual([
    "quarantined",
    "quarantined",
  ]);
});

test("an entry that leads to another file's blob is replaced, and that blob stays", async () => {
  const { cacheDir, options, hub, get } = await startRoad().then(async (road) => ({
    ...road,
    options: { env: {}, endpoint: road.hub.url, cacheDir: road.cacheDir, token: false } as const,
  }));
  await hub.addRepo("acme/two", { "a.json": "1\n", "b.json": "2\n" });
  const { commit } = await get("acme/two");
  const layout = repoLayout(cacheDir, "acme/two");
  const [a, b] = [snapshotPath(layout, commit, "a.json"), snapshotPath(layout, commit, "b.json")];
  await rm(a);
  await symlink(`../../blobs/${basename(await readlink(b))}`, a);
  const { repaired } = await repairModels(["acme/two"], options);
  expect(repaired).toMatchObject([{ path: "a.json" }]);
  expect(await readFile(a, "utf8")).toBe("1\n");
  expect(await readFile(b, "utf8")).toBe("2\n");
  await provedBlobs(cacheDir, "acme/two");
});

test("when the Hub cannot be asked nothing is moved, and the file is told as failed", async () => {
  const road = await downloaded(MIDDLE);
  await damage(road.blob, 77);
  const before = await filesBelow(road.cacheDir);
  const { faults } = road.hub;
  const gone = faults.add({ on: "api", kind: "status", status: 404 });
  const report = await repairModels(["acme/big"], road.options);
  expect(report).toMatchObject({ repaired: [], failed: [{ path: FILE }] });
  expect(report.failed[0]?.code).toMatch(/^hub\/.+-not-found$/);
  gone.remove();
  const offline = await repairModels(["acme/big"], { ...road.options, offline: true });
  expect(offline.failed).toMatchObject([{ code: "offline/not-cached" }]);
  expect(await filesBelow(road.cacheDir)).toEqual(before);
});

test("a file is not fetched again for a record that was wrong: the record is put right", async () => {
  const road = await downloaded(1_000_000);
  const layout = repoLayout(road.cacheDir, "acme/big");
  const [commit = ""] = await readdir(layout.snapshotsDir);
  const record = treePath(layout, commit);
  const text = await readFile(record, "utf8");
  const hex = basename(road.blob);
  await writeFile(record, text.replaceAll(hex, "ab".repeat(32)));
  expect((await verifyModels(["acme/big"], road.options)).bad).toHaveLength(1);
  const report = await repairModels(["acme/big"], road.options);
  expect(report).toMatchObject({ failed: [], repaired: [{ path: FILE, quarantined: null }] });
  expect(asked(road).bytes).toBe(0);
  expect(await readFile(record, "utf8")).toBe(text);
});

test("files that stand in the snapshot themselves, and those of a local dir, are repaired in place", async () => {
  const road = await startRoad();
  const { hub, cacheDir, get } = road;
  const size = 12 * 1024 * 1024;
  await hub.addRepo("acme/big", { [FILE]: { size, seed: 5 } });
  const env = { HF_HUB_DISABLE_SYMLINKS: "1" };
  const options = { env, endpoint: hub.url, cacheDir, token: false } as const;
  const { path } = await get("acme/big", { env });
  const localDir = await tempDir();
  await get("acme/big", { localDir });
  const digest = await digestOf(join(path, FILE));
  for (const [folder, more] of [
    [path, {}],
    [localDir, { localDir }],
  ] as const) {
    await damage(join(folder, FILE), 5 * 1024 * 1024);
    hub.log.clear();
    const report: RepairReport = await repairModels(["acme/big"], { ...options, ...more });
    expect(report).toMatchObject({ failed: [], repaired: [{ how: "segments" }] });
    expect(asked(road).bytes).toBeLessThanOrEqual(STEP);
    expect(await digestOf(join(folder, FILE))).toBe(digest);
  }
  expect((await failure(repairModels([], { ...options, localDir }))).code).toBe("settings/invalid");
});

test("refs and stray files that keep other clients out are mended, and what is young is left alone", async () => {
  const road = await downloaded(1_000);
  const layout = repoLayout(road.cacheDir, "acme/big");
  const [commit = ""] = await readdir(layout.snapshotsDir);
  const old = new Date(Date.now() - 7_200_000);
  const places = {
    [join(layout.refsDir, "main")]: `${commit}\n`,
    [join(layout.refsDir, "gone")]: "9".repeat(40),
    [join(layout.refsDir, "short")]: "0123456",
    [join(layout.snapshotsDir, "stray")]: "",
  };
  for (const [path, text] of Object.entries(places)) {
    await writeFile(path, text);
    await utimes(path, old, old);
  }
  await writeFile(join(layout.refsDir, "young"), "8".repeat(40));
  const { mended } = await repairModels([], road.options);
  expect(mended).toHaveLength(4);
  expect(await readFile(join(layout.refsDir, "main"), "utf8")).toBe(commit);
  const { repos } = await scanCache(road.cacheDir);
  const codes = repos[0]?.findings.map(({ code }) => code).toSorted();
  expect(codes).toEqual(["missing-commit", ...Array.from({ length: 3 }, () => "quarantined")]);
});

test("the Hub's listing can be asked where none was recorded, and a model that is not here cannot be verified", async () => {
  const road = await downloaded(1_000_000);
  const layout = repoLayout(road.cacheDir, "acme/big");
  const [commit = ""] = await readdir(layout.snapshotsDir);
  await rm(treePath(layout, commit));
  const entry = snapshotPath(layout, commit, FILE);
  const plain = `${entry}.plain`;
  await copyFile(road.blob, plain);
  await rename(plain, entry);
  expect((await verifyModels(["acme/big@main"], road.options)).unproven).toHaveLength(1);
  const { checked, bad, unproven } = await verifyModels(["acme/big"], {
    ...road.options,
    hub: true,
  });
  expect({ checked, bad, unproven }).toEqual({ checked: 2, bad: [], unproven: [] });
  expect((await failure(verifyModels(["acme/none"], road.options))).code).toBe("cache/not-found");
  expect((await failure(verifyModels(["acme/big@v9"], road.options))).code).toBe("cache/not-found");
});
