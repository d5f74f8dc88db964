import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDigest } from "@mlx-download/cache";
import { tempDir } from "@mlx-download/test-utils";
import { afterAll, expect, test } from "vitest";
import { pour } from "../../http/byte-sink.ts";
import { createDiskThread } from "./disk-thread.ts";
import { headerLine } from "./journal-text.ts";
import { openPartialBlob, type PartialBlob } from "./partial-blob.ts";

const MB = 1024 * 1024;
const blob = { digest: parseDigest(`sha256:${"ab".repeat(32)}`), size: 4 * MB };

async function paths(): Promise<{ data: string; journal: string }> {
  const folder = await tempDir();
  return { data: join(folder, "x.data"), journal: join(folder, "x.journal") };
}

const disk = createDiskThread();
afterAll(() => disk.close());

async function write(partial: PartialBlob, start: number, bytes: number): Promise<void> {
  const file = disk.open(partial.dataPath, { ...blob, writable: true });
  const to = { write: file.write, onWritten: () => undefined };
  const writer = partial.writeFrom(start, to);
  await pour(Buffer.alloc(bytes, 1), writer);
  await writer.drain();
  file.close();
}

/** The journal as a machine finds it after a power cut and a restart. */
async function powerCut(path: string): Promise<void> {
  const text = await readFile(path, "latin1");
  const [, ...lines] = text.split("\n");
  const before = text.split("\n")[0] ?? "";
  // As long as the old one: marks are offsets.
  const boot = (before.split(" ")[4] ?? "").replaceAll(/[0-9a-z]/g, "z");
  await writeFile(path, headerLine(blob, boot) + lines.join("\n"), "latin1");
}

test("after the end of a process everything written is here again", async () => {
  const at = await paths();
  const first = await openPartialBlob(at, blob);
  await write(first, MB, MB);
  await first.close();
  const second = await openPartialBlob(at, blob);
  expect(second.have.ranges()).toEqual([{ start: MB, end: 2 * MB }]);
  await second.close();
});

test("after a power cut synced bytes are here, and no others are trusted", async () => {
  const at = await paths();
  const first = await openPartialBlob(at, blob, {
    syncLimits: { bytes: 2 * MB, ms: 1e9 },
  });
  // The sync begins with the write that reaches its threshold. Close waits for it, and later bytes stay unmarked.
  await write(first, 0, 2 * MB);
  await write(first, 3 * MB, 100);
  await first.close();
  await powerCut(at.journal);
  const second = await openPartialBlob(at, blob);
  expect(second.have.ranges()).toEqual([{ start: 0, end: 2 * MB }]);
  // Bytes that were once synced stay trusted after the next power cut.
  await second.close();
  await powerCut(at.journal);
  const third = await openPartialBlob(at, blob);
  expect(third.have.covered).toBe(2 * MB);
  await third.close();
});

test("with less than its measure no sync is made, and a power cut leaves nothing to believe", async () => {
  const at = await paths();
  const first = await openPartialBlob(at, blob);
  await write(first, 0, 2 * MB);
  await first.close();
  await powerCut(at.journal);
  const second = await openPartialBlob(at, blob);
  expect(second.have.covered).toBe(0);
  await second.close();
});

test("a journal without its data file gives no range", async () => {
  const at = await paths();
  const first = await openPartialBlob(at, blob);
  await write(first, 0, MB);
  await first.close();
  const moved = await paths();
  await writeFile(moved.journal, await readFile(at.journal));
  const second = await openPartialBlob(moved, blob);
  expect(second.have.covered).toBe(0);
  expect((await stat(moved.data)).size).toBe(blob.size);
  await second.close();
});

test("a second copy replaces only the pieces that differ, and says which", async () => {
  const at = await paths();
  const partial = await openPartialBlob(at, blob);
  await write(partial, 0, 4 * MB);
  const right = Buffer.alloc(2 * MB, 1);
  right[300_000] = 2;
  const different: number[] = [];
  const output = partial.compareFrom(MB, (start, end) => different.push(start, end));
  await pour(right, output);
  await output.drain();
  await partial.close();
  expect(different).toEqual([MB + 256 * 1024, MB + 512 * 1024]);
  const bytes = await readFile(at.data);
  expect(bytes.subarray(MB, 3 * MB).equals(right)).toBe(true);
});

test("a prefix that changed is reported, also to a later run", async () => {
  const at = await paths();
  const first = await openPartialBlob(at, blob);
  expect(first.checkPrefix(MB, "0000000000000001")).toBeUndefined();
  await first.close();
  const second = await openPartialBlob(at, blob);
  expect(second.checkPrefix(MB, "0000000000000001")).toBe(true);
  expect(second.checkPrefix(MB, "0000000000000002")).toBe(false);
  await second.close();
});
