import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, it } from "vitest";
import type { BlobReader } from "../store/blob-source.ts";
import { startFill } from "./fill.ts";

const SIZE = 200_000;
const WITHHELD = 64 * 1024;

/** A fill whose bytes come when the test says so. */
async function stagedFill() {
  const path = join(await tempDir(), "data");
  const bytes = Buffer.alloc(SIZE, "right ");
  await writeFile(path, bytes);
  const end = Promise.withResolvers<void>();
  const started = Promise.withResolvers<{
    onArrived: (bytes: { dataPath: string; start: number; end: number }) => void;
    onReplaced: () => void;
  }>();
  const fill = startFill({
    size: SIZE,
    fetch: async (told) => {
      started.resolve(told);
      await end.promise;
    },
    path: () => Promise.resolve(path),
  });
  const told = await started.promise;
  return {
    fill,
    bytes,
    arrive: (start: number, stop: number) => told.onArrived({ dataPath: path, start, end: stop }),
    replace: () => told.onReplaced(),
    finish: () => end.resolve(),
    fail: (error: Error) => end.reject(error),
  };
}

async function readAll(reader: BlobReader, from = 0): Promise<Buffer> {
  const pieces: Buffer[] = [];
  try {
    for (let position = from; ;) {
      const piece = Buffer.alloc(50_000);
      const count = await reader.read(piece, position);
      if (count === 0) return Buffer.concat(pieces);
      pieces.push(piece.subarray(0, count));
      position += count;
    }
  } finally {
    await reader.close();
  }
}

it("gives bytes as they arrive, and the end only when the whole is verified", async () => {
  const { fill, bytes, arrive, finish } = await stagedFill();
  const reader = fill.open();
  const piece = Buffer.alloc(SIZE);
  arrive(0, SIZE);
  expect(await reader.read(piece, 0)).toBe(SIZE - WITHHELD);
  let hasEnd = false;
  const end = reader.read(piece, SIZE - WITHHELD).then((count) => {
    hasEnd = true;
    return count;
  });
  expect(hasEnd).toBe(false);
  finish();
  expect(await end).toBe(WITHHELD);
  expect(await readAll(fill.open())).toEqual(bytes);
  await reader.close();
});

it("lets a reader that is ahead wait for a gap to close", async () => {
  const { fill, bytes, arrive, finish } = await stagedFill();
  const reader = fill.open();
  arrive(0, 10_000);
  arrive(20_000, SIZE);
  const all = readAll(reader);
  arrive(10_000, 20_000);
  finish();
  expect(await all).toEqual(bytes);
});

it("gives no end to a reader whose bytes proved wrong, and the right bytes to the next one", async () => {
  const { fill, bytes, arrive, replace, finish } = await stagedFill();
  const early = fill.open();
  arrive(0, SIZE);
  await early.read(Buffer.alloc(1000), 0);
  replace();
  finish();
  await fill.done;
  await expect(readAll(early, 1000)).rejects.toThrow("proved wrong");
  expect(await readAll(fill.open())).toEqual(bytes);
});

it("tells all who wait when the file cannot be fetched", async () => {
  const { fill, arrive, fail } = await stagedFill();
  const reader = fill.open();
  arrive(0, 5_000);
  const all = readAll(reader);
  fail(new Error("the line is down"));
  await expect(all).rejects.toThrow("the line is down");
  await expect(fill.done).rejects.toThrow("the line is down");
});
