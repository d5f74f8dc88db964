import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  stat,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { parseDigest } from "@mlx-download/cache";
import { tempDir } from "@mlx-download/test-utils";
import fc from "fast-check";
import { expect, onTestFinished, test, vi } from "vitest";
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

test("without the name of a boot nothing is taken for written in this one", () => {
  const unnamed = seal(`mlx-download-journal 2 sha256:${digest.hex} ${size}`);
  for (const head of [unnamed, headerLine(blob, undefined)]) {
    expect(parseJournal(head + rangeLine(0, 10), blob, undefined).ranges).toEqual([]);
  }
});

test("a whole line that makes no sense is passed over", () => {
  const hex = "0123456789abcdef";
  const lines = [rangeLine(20, 10), rangeLine(10, 10), seal("+ 0"), seal("? 0 10")];
  // Digits alone, which would be a range by another sign.
  const digits = "0000000000000900";
  const prefixes = [prefixLine(0, hex), prefixLine(size + 1, hex), prefixLine(7, "xyz")];
  const kept = [prefixLine(100, digits), prefixLine(size, hex)];
  const text = [headerLine(blob, "now"), ...lines, ...prefixes, seal(`? 8 ${hex}`), ...kept];
  expect(parseJournal(text.join(""), blob, "now")).toEqual({
    ranges: [],
    synced: [],
    prefixes: new Map([
      [100, digits],
      [size, hex],
    ]),
  });
});

test("a journal that cannot be read is no empty one", async () => {
  const folder = await tempDir();
  await expect(readFacts(folder, blob)).rejects.toMatchObject({ code: "EISDIR" });
});

test("a journal that cannot be started leaves nothing behind", async () => {
  const path = join(await tempDir(), "journal");
  await mkdir(path);
  await expect(openJournal(path, blob)).rejects.toMatchObject({ code: "EISDIR" });
  expect(await readdir(dirname(path))).toEqual(["journal"]);
});

/** Node's own calls of an open file, to be observed or to fail. */
async function fileCalls(): Promise<FileHandle> {
  const probe = await open(await tempDir());
  const handle = Object.getPrototypeOf(probe) as FileHandle;
  await probe.close();
  onTestFinished(() => void vi.restoreAllMocks());
  return handle;
}

test("known facts are on the disk before they take the old journal's place", async () => {
  const path = await writtenJournal();
  const handle = await fileCalls();
  const old = await readFile(path, "latin1");
  const sync: (this: FileHandle) => Promise<void> = Reflect.get(handle, "sync");
  const atSync: string[] = [];
  vi.spyOn(handle, "sync").mockImplementation(async function (this: FileHandle) {
    atSync.push(await readFile(path, "latin1"));
    await sync.call(this);
  });
  await (await openJournal(path, blob, await readFacts(path, blob))).close();
  expect(atSync).toEqual([old]);
});

test("a mark is in the file before the file is brought to the disk", async () => {
  const path = join(await tempDir(), "journal");
  const journal = await openJournal(path, blob);
  const handle = await fileCalls();
  const sync: (this: FileHandle) => Promise<void> = Reflect.get(handle, "datasync");
  const atSync: string[] = [];
  vi.spyOn(handle, "datasync").mockImplementation(async function (this: FileHandle) {
    atSync.push(await readFile(path, "latin1"));
    await sync.call(this);
  });
  journal.append(0, 10);
  const offset = journal.length;
  await journal.mark(offset);
  expect(atSync.map((text) => text.endsWith(rangeLine(0, 10) + markLine(offset)))).toEqual([true]);
  await journal.close();
});

test("lines that did not fit on the disk are told of, and written by the next flush over their own remains", async () => {
  const path = join(await tempDir(), "journal");
  const journal = await openJournal(path, blob);
  journal.append(0, 10);
  await journal.flush();
  const handle = await fileCalls();
  const write = Reflect.get(handle, "write") as (...args: unknown[]) => Promise<unknown>;
  let calls = 0;
  const full = vi.spyOn(handle, "write").mockImplementation(async function (
    this: FileHandle,
    ...[bytes, start, , position]: unknown[]
  ) {
    calls += 1;
    if (calls % 2 === 1) return (await write.call(this, bytes, start, 5, position)) as never;
    throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
  });
  journal.append(500, 700);
  await expect(journal.flush()).rejects.toMatchObject({ code: "ENOSPC" });
  await expect(journal.mark(journal.length)).rejects.toMatchObject({ code: "ENOSPC" });
  expect(await readJournal(path, digest, size)).toEqual([{ start: 0, end: 10 }]);
  full.mockRestore();
  journal.append(10, 20);
  await journal.close();
  expect(await readJournal(path, digest, size)).toEqual([
    { start: 0, end: 10 },
    { start: 500, end: 700 },
    { start: 10, end: 20 },
  ]);
});

test("a touch shows others that the writer lives, and a closed journal lets go of its file", async () => {
  const path = join(await tempDir(), "journal");
  const journal = await openJournal(path, blob);
  await utimes(path, 1, 1);
  await journal.touch();
  expect((await stat(path)).mtimeMs).toBeGreaterThan(1000);
  await journal.close();
  await expect(journal.touch()).rejects.toThrow();
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
