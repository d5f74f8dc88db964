import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run, tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { parseDigest } from "@mlx-download/cache";
import { openJournal, readJournal } from "../src/transfer/disk/journal.ts";
import { exists, failure, filesBelow, provedBlobs, type Road, startRoad } from "./fixture.ts";

const MB = 1_000_000;
const DISK = 64 * 1024 * 1024;
const canMount = process.platform === "linux" && process.geteuid?.() === 0;
if (!canMount)
  process.stderr.write("skipped: a full disk needs root on Linux (to mount a small tmpfs)\n");

/** A cache on a disk of 64 MiB. */
async function smallDisk(): Promise<Road & { readonly disk: string }> {
  const disk = await tempDir();
  await run("mount", ["-t", "tmpfs", "-o", `size=${DISK}`, "tmpfs", disk]);
  onTestFinished(async () => {
    await run("umount", [disk]);
  });
  const road = await startRoad();
  const cacheDir = join(disk, "hub");
  return { ...road, disk, cacheDir, get: (ref, over) => road.get(ref, { cacheDir, ...over }) };
}

test.skipIf(!canMount)("what cannot fit is refused before the first byte", async () => {
  const { hub, get, cacheDir } = await smallDisk();
  await hub.addRepo("acme/big", { "a.safetensors": { size: 80 * MB, seed: 1 } });
  await hub.addRepo("acme/two", {
    "a.safetensors": { size: 40 * MB, seed: 1 },
    "b.safetensors": { size: 40 * MB, seed: 2 },
  });
  for (const repo of ["acme/big", "acme/two"]) {
    const error = await failure(get(repo));
    expect(error.code).toBe("disk/insufficient");
    expect(error.data).toMatchObject({ needBytes: 80 * MB });
  }
  expect(hub.log.of({ target: "cdn" })).toEqual([]);
  expect(await filesBelow(cacheDir)).toEqual([]);
});

test.skipIf(!canMount)(
  "a disk that somebody fills on the way stops the download, which finishes after room was made",
  async () => {
    const { hub, get, cacheDir, disk } = await smallDisk();
    await hub.addRepo("acme/big", {
      "a.safetensors": { size: 25 * MB, seed: 1 },
      "b.safetensors": { size: 25 * MB, seed: 2 },
    });
    const filler = join(disk, "filler");
    let filled: Promise<void> | undefined;
    // Slow enough that the other program is quicker.
    const slow = hub.faults.add({ on: "cdn", kind: "slow", bytesPerSecond: 4 * MB });
    const error = await failure(
      get("acme/big", {
        onEvent: (event) => {
          if (event.type !== "progress" || event.bytes.fetched < 3 * MB) return;
          filled ??= writeFile(filler, Buffer.alloc(DISK)).catch(() => {});
        },
      }),
    );
    await filled;
    expect(error.code).toBe("disk/full");
    const { missingBytes, freeBytes } = error.data as { missingBytes: number; freeBytes: number };
    expect(missingBytes).toBeGreaterThan(0);
    expect(missingBytes).toBeLessThan(47.5 * MB);
    expect(freeBytes).toBeLessThan(MB);
    expect(error.hint).toMatch(/^Free at least \d+ MB and run the same command again/);
    expect(await exists(join(cacheDir, "models--acme--big/refs/main"))).toBe(false);

    await rm(filler);
    slow.remove();
    const { bytes } = await get("acme/big");
    expect(bytes.fetched).toBe(missingBytes);
    expect(bytes.resumed).toBe(50 * MB - missingBytes);
    expect(await provedBlobs(cacheDir, "acme/big")).toHaveLength(2);
    expect(await filesBelow(join(cacheDir, "models--acme--big/.partial"))).toEqual([]);
  },
  30_000,
);

test.skipIf(!canMount)("a journal on a full disk loses no line, earlier or later", async () => {
  const { disk } = await smallDisk();
  const path = join(disk, "folder", "journal");
  await mkdir(join(disk, "folder"));
  const blob = { digest: parseDigest(`sha256:${"ab".repeat(32)}`), size: 1e9 };
  const journal = await openJournal(path, blob);
  journal.append(0, 10);
  await journal.flush();
  await writeFile(join(disk, "filler"), Buffer.alloc(DISK)).catch(() => {});
  // More than the rest of the page that the journal has already.
  const later = Array.from({ length: 1000 }, (_, n) => ({ start: 100 + n * 2, end: 101 + n * 2 }));
  for (const range of later) journal.append(range.start, range.end);
  await expect(journal.flush()).rejects.toMatchObject({ code: "ENOSPC" });
  expect((await readJournal(path, blob.digest, blob.size))[0]).toEqual({ start: 0, end: 10 });
  await rm(join(disk, "filler"));
  await journal.close();
  expect(await readJournal(path, blob.digest, blob.size)).toEqual([
    { start: 0, end: 10 },
    ...later,
  ]);
});
