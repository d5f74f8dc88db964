import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDigest } from "@mlx-download/cache";
import { tempDir } from "@mlx-download/test-utils";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openJournal, parseJournal, readJournal } from "./journal.ts";

const digest = parseDigest(`sha256:${"ab".repeat(32)}`);
const size = 1000;
const ranges = [
  { start: 0, end: 10 },
  { start: 500, end: 700 },
  { start: 10, end: 20 },
];

async function writtenJournal(): Promise<string> {
  const path = join(await tempDir(), "journal");
  const journal = await openJournal(path, { digest, size }, []);
  for (const range of ranges) journal.append(range.start, range.end);
  await journal.close();
  return path;
}

test("what was appended is read back, in order", async () => {
  const path = await writtenJournal();
  expect(await readJournal(path, digest, size)).toEqual(ranges);
});

test("reopening keeps the known ranges and goes on behind them", async () => {
  const path = await writtenJournal();
  const journal = await openJournal(path, { digest, size }, ranges);
  journal.append(900, 1000);
  await journal.close();
  expect(await readJournal(path, digest, size)).toEqual([...ranges, { start: 900, end: 1000 }]);
});

test("an absent journal proves nothing", async () => {
  expect(await readJournal(join(await tempDir(), "none"), digest, size)).toEqual([]);
});

test("a journal of another digest or size proves nothing", async () => {
  const path = await writtenJournal();
  expect(await readJournal(path, parseDigest(`sha256:${"cd".repeat(32)}`), size)).toEqual([]);
  expect(await readJournal(path, digest, size + 1)).toEqual([]);
});

test("a file torn at any byte loses at most the line it was torn in", async () => {
  const path = await writtenJournal();
  const { length } = await readFile(path);
  for (let end = length; end >= 0; end -= 1) {
    await truncate(path, end);
    const read = await readJournal(path, digest, size);
    expect(ranges.slice(0, read.length)).toEqual(read);
  }
});

test("a flipped byte costs the line it is in and no other", async () => {
  const path = await writtenJournal();
  const text = await readFile(path, "latin1");
  const lines = text.trimEnd().split("\n");
  const second = text.indexOf(lines[2] ?? "");
  await writeFile(path, `${text.slice(0, second + 3)}9${text.slice(second + 4)}`, "latin1");
  expect(await readJournal(path, digest, size)).toEqual([ranges[0], ranges[2]]);
});

test("no text makes the parser throw or believe in bytes beyond the file", () => {
  fc.assert(
    fc.property(fc.string(), fc.nat({ max: 5000 }), (text, length) => {
      for (const range of parseJournal(text, digest, length)) {
        expect(range.start).toBeGreaterThanOrEqual(0);
        expect(range.end).toBeLessThanOrEqual(length);
      }
    }),
  );
});
