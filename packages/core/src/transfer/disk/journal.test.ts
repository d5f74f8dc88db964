import { readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDigest } from "@mlx-download/cache";
import { tempDir } from "@mlx-download/test-utils";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bootId } from "./boot-id.ts";
import { openJournal, readFacts, readJournal } from "./journal.ts";
import { headerLine, markLine, parseJournal, prefixLine, rangeLine, seal } from "./journal-text.ts";

const digest = parseDigest(`sha256:${"ab".repeat(32)}`);
const size = 1000;
const blob = { digest, size };
const ranges = [
  { start: 0, end: 10 },
  { start: 500, end: 700 },
  { start: 10, end: 20 },
];

async function writtenJournal(): Promise<string> {
  const path = join(await tempDir(), "journal");
  const journal = await openJournal(path, blob);
  for (const range of ranges) journal.append(range.start, range.end);
  await journal.close();
  return path;
}

test("appended lines are read back, in order", async () => {
  const path = await writtenJournal();
  expect(await readJournal(path, digest, size)).toEqual(ranges);
});

test("reopening keeps the known facts, neighbours as one, and goes on behind them", async () => {
  const path = await writtenJournal();
  const prefixes = new Map([[20, "0123456789abcdef"]]);
  const journal = await openJournal(path, blob, { ranges, synced: [], prefixes });
  journal.append(900, 1000);
  await journal.close();
  expect(await readFacts(path, blob)).toEqual({
    ranges: [
      { start: 0, end: 20 },
      { start: 500, end: 700 },
      { start: 900, end: 1000 },
    ],
    synced: [],
    prefixes,
  });
});

test("an absent journal gives no range", async () => {
  expect(await readJournal(join(await tempDir(), "none"), digest, size)).toEqual([]);
});

test("a journal of another digest or size gives no range", async () => {
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

test("after a restart of the machine, only ranges covered by a mark are trusted", async () => {
  const path = join(await tempDir(), "journal");
  const journal = await openJournal(path, blob);
  journal.append(0, 10);
  const offset = journal.length;
  journal.append(10, 20);
  await journal.mark(offset);
  journal.append(20, 30);
  await journal.close();
  const text = await readFile(path, "latin1");
  const boot = await bootId();
  expect(parseJournal(text, blob, boot).ranges).toHaveLength(3);
  expect(parseJournal(text, blob, "another").ranges).toEqual([{ start: 0, end: 10 }]);
  expect(parseJournal(text, blob, undefined).ranges).toEqual([{ start: 0, end: 10 }]);
});

test("reopening in the same boot never marks unsynced bytes", async () => {
  const path = join(await tempDir(), "journal");
  const synced = [{ start: 0, end: 10 }];
  const known = { ranges: [{ start: 0, end: 30 }], synced, prefixes: new Map() };
  await (await openJournal(path, blob, known)).close();
  const text = await readFile(path, "latin1");
  expect(parseJournal(text, blob, await bootId()).ranges).toEqual([...synced, ...known.ranges]);
  expect(parseJournal(text, blob, "another").ranges).toEqual(synced);
});

test("the first version is believed as a whole, one from the future not at all", () => {
  const lines = rangeLine(0, 10);
  const text = (version: number, boot: string): string =>
    seal(`mlx-download-journal ${version} sha256:${digest.hex} ${size}${boot}`) + lines;
  expect(parseJournal(text(1, ""), blob, "now").ranges).toEqual([{ start: 0, end: 10 }]);
  expect(parseJournal(text(3, " now"), blob, "now").ranges).toEqual([]);
});

test("a mark that speaks of lines after it is no mark", () => {
  const text = headerLine(blob, "then") + markLine(10_000) + rangeLine(0, 10);
  expect(parseJournal(text, blob, "now").ranges).toEqual([]);
});

test("no text makes the parser throw or believe in bytes beyond the file", () => {
  const number = fc.nat({ max: 9000 });
  const line = fc.oneof(
    fc.string(),
    fc.string().map(seal),
    fc.tuple(number, number).map(([a, b]) => rangeLine(a, b)),
    number.map(markLine),
    number.map((end) => prefixLine(end, "0123456789abcdef")),
  );
  fc.assert(
    fc.property(fc.array(line), fc.nat({ max: 5000 }), (lines, length) => {
      const about = { digest, size: length };
      const text = headerLine(about, "now") + lines.join("");
      for (const boot of ["now", "later"]) {
        const { ranges: found, synced, prefixes } = parseJournal(text, about, boot);
        for (const range of [...found, ...synced]) {
          expect(range.start).toBeGreaterThanOrEqual(0);
          expect(range.end).toBeLessThanOrEqual(length);
        }
        for (const end of prefixes.keys()) expect(end).toBeLessThanOrEqual(length);
        if (boot === "later") expect(found).toEqual(synced);
      }
    }),
  );
});
