import { createHash, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDigest } from "@mlx-download/cache";
import { tempDir } from "@mlx-download/test-utils";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { createDiskThread } from "./disk-thread.ts";

const MB = 1024 * 1024;
const disk = createDiskThread();
afterAll(() => disk.close());

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const digest = parseDigest(`sha256:${"0".repeat(64)}`);

async function openBlob(size: number, onPrefix?: (end: number, hex: string) => void) {
  const path = join(await tempDir(), "data");
  await writeFile(path, "");
  return { path, file: disk.open(path, { digest, size, writable: true, onPrefix }) };
}

test("bytes written in order are hashed on the way, with the digest of each prefix", async () => {
  const bytes = randomBytes(9 * MB + 5);
  const prefixes: [number, string][] = [];
  const { path, file } = await openBlob(bytes.length, (end, hex) => prefixes.push([end, hex]));
  for (let at = 0; at < bytes.length; at += 700_001) {
    await file.write(bytes.subarray(at, at + 700_001), at);
  }
  expect(await file.digest()).toBe(sha256(bytes));
  expect(file.hashed).toBe(bytes.length);
  expect(prefixes).toEqual(
    [4 * MB, 8 * MB].map((end) => [end, sha256(bytes.subarray(0, end)).slice(0, 16)]),
  );
  expect((await readFile(path)).equals(bytes)).toBe(true);
  file.close();
});

test("pieces in any order, also twice, give the file's own digest", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 3_000_000 }), { minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fc.nat({ max: 1_000_000 })),
      async (cuts, order) => {
        const bytes = randomBytes(3_000_000);
        const ends = [...new Set([...cuts, bytes.length])].toSorted((a, b) => a - b);
        const pieces = ends.map((end, index) => ({ start: ends[index - 1] ?? 0, end }));
        const shuffled = [...pieces, ...pieces.slice(0, 2)]
          .map((piece) => ({ piece, key: order.next().value as number }))
          .toSorted((a, b) => a.key - b.key);
        const { path, file } = await openBlob(bytes.length);
        for (const { piece } of shuffled) {
          await file.write(bytes.subarray(piece.start, piece.end), piece.start);
        }
        file.advance(bytes.length);
        expect(await file.digest()).toBe(sha256(await readFile(path)));
        expect((await readFile(path)).equals(bytes)).toBe(true);
        file.close();
      },
    ),
    { numRuns: 25 },
  );
});

test("bytes that were hashed are never written over, so that the digest stays the file's", async () => {
  const bytes = randomBytes(2 * MB);
  const { path, file } = await openBlob(bytes.length);
  await file.write(bytes.subarray(0, MB), 0);
  // A reader whose piece was taken over delivers other bytes late.
  await file.write(Buffer.alloc(MB + 100, 7), 0);
  await file.write(bytes.subarray(MB), MB);
  expect(await file.digest()).toBe(sha256(await readFile(path)));
  await file.write(Buffer.alloc(100, 8), 0);
  expect(sha256(await readFile(path))).toBe(await file.digest());
  file.close();
});

test("bytes already in the file are read where no writer brings them", async () => {
  const bytes = randomBytes(5 * MB);
  const path = join(await tempDir(), "data");
  await writeFile(path, bytes.subarray(0, 3 * MB));
  const file = disk.open(path, { digest, size: bytes.length, writable: true });
  file.advance(3 * MB);
  await file.write(bytes.subarray(3 * MB), 3 * MB);
  file.advance(bytes.length);
  expect(await file.digest()).toBe(sha256(bytes));
  file.close();
});

test("a git digest covers the blob's header and its bytes, also for an empty file", async () => {
  const path = join(await tempDir(), "data");
  await writeFile(path, "");
  const empty = parseDigest("git-sha1:e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
  const file = disk.open(path, { digest: empty, size: 0, writable: false });
  expect(await file.digest()).toBe(empty.hex);
  file.close();
});

test("a write that the system refuses rejects with its code, one after the end is refused", async () => {
  const path = join(await tempDir(), "data");
  await writeFile(path, "");
  const file = disk.open(path, { digest, size: 10, writable: false });
  await expect(file.write(Buffer.alloc(10), 0)).rejects.toMatchObject({ code: "EBADF" });
  file.close();
  await expect(file.write(Buffer.alloc(10), 0)).rejects.toThrow(/closed/);
});

test("a file that is shorter than it should be, or not there, is told by the digest", async () => {
  const path = join(await tempDir(), "data");
  await writeFile(path, "abc");
  const file = disk.open(path, { digest, size: 10, writable: false });
  file.advance(10);
  await expect(file.digest()).rejects.toThrow(/ended at byte 3/);
  file.close();
  const absent = disk.open(`${path}.absent`, { digest, size: 10, writable: true });
  await expect(absent.digest()).rejects.toThrow(/ENOENT/);
  await expect(absent.write(Buffer.alloc(1), 0)).rejects.toThrow(/not open/);
  absent.close();
});
