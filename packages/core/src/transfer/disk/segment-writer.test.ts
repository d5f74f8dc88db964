import { randomBytes } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { pour } from "../../http/byte-sink.ts";
import { createRangeSet } from "./ranges.ts";
import { createSegmentWriter } from "./segment-writer.ts";
import { writeAll } from "./write-all.ts";

async function openFile() {
  const path = join(await tempDir(), "data");
  const file = await open(path, "w+");
  const write = (bytes: Uint8Array, position: number): Promise<void> =>
    writeAll(file, bytes, position);
  return { path, file, write };
}

test("bytes in pieces of any size land in order at their place, and each range is told once written", async () => {
  const { path, file, write } = await openFile();
  const bytes = randomBytes(3_000_000);
  const written = createRangeSet();
  let told = 0;
  const writer = createSegmentWriter(write, 1000, (start, end) => {
    written.add(start, end);
    told += end - start;
  });
  for (let at = 0, step = 1; at < bytes.length; step = (step * 7 + 3) % 200_000) {
    const chunk = bytes.subarray(at, at + step);
    await pour(chunk, writer);
    at += chunk.length;
    // The line pauses now and then, and the bytes so far are sent early, in the middle of a buffer.
    if (step % 5 === 0) await writer.drain();
  }
  await writer.drain();
  expect(writer.position).toBe(1000 + bytes.length);
  expect(told).toBe(bytes.length);
  expect(written.ranges()).toEqual([{ start: 1000, end: 1000 + bytes.length }]);
  expect((await readFile(path)).subarray(1000).equals(bytes)).toBe(true);
  await file.close();
});

test("two writers side by side do not disturb each other's buffers", async () => {
  const { path, file, write } = await openFile();
  const bytes = randomBytes(4_000_000);
  const half = bytes.length / 2;
  const writers = [0, half].map((start) => createSegmentWriter(write, start, () => undefined));
  for (let at = 0; at < half; at += 50_000) {
    await Promise.all(
      writers.map((writer, index) => {
        const from = index * half + at;
        return pour(bytes.subarray(from, Math.min(from + 50_000, (index + 1) * half)), writer);
      }),
    );
  }
  await Promise.all(writers.map((writer) => writer.drain()));
  expect((await readFile(path)).equals(bytes)).toBe(true);
  await file.close();
});

test("drain rejects with the error of a failed write", async () => {
  const { file, write } = await openFile();
  await file.close();
  const writer = createSegmentWriter(write, 0, () => undefined);
  writer.space().fill(1, 0, 10);
  void writer.filled(10);
  await expect(writer.drain()).rejects.toThrow(/closed/);
});
