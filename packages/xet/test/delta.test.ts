import { open, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import fc from "fast-check";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { createPotentials } from "../src/delta/potentials.ts";
import {
  baseFromReconstruction,
  baseFromSidecar,
  chunkLengths,
  createDecodeThreads,
  decodeSidecar,
  type DeltaBase,
  encodeSidecar,
  marksOf,
  planDelta,
  type PlanDeltaOptions,
  proveFile,
  type Sidecar,
  XetError,
  type XetFile,
} from "../src/index.ts";
import { clientOf, downloadFile, fetchUnit } from "./download.ts";
import { below, fuzzRuns, mutated, type Random, seeded } from "./random.ts";
import { storeFile, type StoreOptions } from "./store-file.ts";
import { startTestCas, type TestCas } from "./test-cas.ts";
import { splitmix } from "./vectors.ts";

const threads = createDecodeThreads();
afterAll(() => threads.close());

async function cas(): Promise<TestCas> {
  const started = await startTestCas();
  onTestFinished(() => started.close());
  return started;
}

test("distances between chunks add up, and a contradiction is noticed and not kept", () => {
  const potentials = createPotentials();
  // The worked example: one term of eight chunks, 520 000 bytes in all.
  expect(potentials.relate(0, 8, 520_000)).toBe(true);
  expect(potentials.relate(0, 3, 180_000)).toBe(true);
  expect(potentials.distance(3, 5)).toBeUndefined();
  expect(potentials.relate(5, 8, 186_000)).toBe(true);
  expect(potentials.distance(0, 5)).toBe(334_000);
  expect(potentials.distance(3, 5)).toBe(154_000);
  expect(potentials.relate(3, 5, 154_001)).toBe(false);
  expect(potentials.distance(3, 5)).toBe(154_000);
});

test("whatever is noted in whatever order, what is answered is what is so", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 131_072 }), { minLength: 2, maxLength: 30 }),
      fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { maxLength: 60 }),
      (lengths, pairs) => {
        const ends = [0];
        for (const length of lengths) ends.push((ends.at(-1) ?? 0) + length);
        const at = (index: number): number => ends[index % ends.length] ?? 0;
        const potentials = createPotentials();
        for (const [a, b] of pairs) {
          const [start, end] = [a % ends.length, b % ends.length];
          expect(potentials.relate(start, end, at(b) - at(a))).toBe(true);
          expect(potentials.relate(start, end, at(b) - at(a) + 1)).toBe(false);
        }
        for (const [a, b] of pairs) {
          expect(potentials.distance(a % ends.length, b % ends.length)).toBe(at(b) - at(a));
        }
      },
    ),
  );
});

/** An old file in a storage and on this disk, with its sidecar. */
interface Old {
  readonly file: XetFile;
  readonly data: Uint8Array;
  readonly path: string;
  readonly sidecar: Sidecar;
}

async function store(storage: TestCas, data: Uint8Array, options: StoreOptions = {}): Promise<Old> {
  const path = join(await tempDir(), "old");
  const file = { fileHash: storeFile(storage, data, options), size: data.length };
  const { units } = await downloadFile(file, { url: storage.url, threads, path });
  const { lengths, terms } = proveFile(units, file);
  const marks = marksOf(units.map(({ unit }) => unit));
  return { file, data, path, sidecar: { ...file, terms, lengths, marks } };
}

/** Makes a file of bases and of what they lack, as a transfer does; the plan in numbers. */
async function update(
  storage: TestCas,
  file: XetFile,
  from: { readonly bases: readonly DeltaBase[]; readonly path: string } & PlanDeltaOptions,
) {
  const { bases, path, ...options } = from;
  const parts = await clientOf(storage.url).reconstruct(file);
  const plan = await planDelta(parts, bases, options);
  const before = storage.requests.length;
  const target = join(await tempDir(), "new");
  const handle = await open(target, "w+");
  const base = await readFile(path);
  let wire = 0;
  while (!plan.complete) {
    const { copies, units } = plan.take();
    if (copies.length + units.length === 0) throw new Error("the plan stands still");
    for (const { from: start, to, length } of copies) {
      await handle.write(base, start, length, to);
    }
    for (const unit of units) {
      wire += unit.bytes.end - unit.bytes.start;
      plan.learn(unit, await fetchUnit(unit, { threads, descriptor: handle.fd }));
    }
  }
  await handle.close();
  const requests = storage.requests.slice(before).filter(({ path: url }) => url.includes("/data/"));
  expect(requests).toHaveLength(plan.requests);
  expect(wire).toBe(plan.wireBytes);
  return { content: await readFile(target), plan };
}

const concat = (...parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);

/** What an edit brings: its own bytes, and a chunk at each of its edges. */
const MOST_NEW_BYTES = 250_300 + 10 * 131_072;

/** An edited revision: a header grown, a block replaced, one moved, a tail, scattered bytes. */
function edit(data: Uint8Array, random: Random): Uint8Array {
  const third = Math.floor(data.length / 3);
  const edited = concat(
    splitmix(31, 300),
    data.subarray(third, 2 * third),
    data.subarray(0, third - 200_000),
    splitmix(32, 150_000),
    data.subarray(2 * third),
    splitmix(33, 100_000),
  );
  for (let count = 0; count < 4; count += 1) {
    const at = below(random, edited.length);
    edited[at] = (edited[at] ?? 0) ^ 1;
  }
  return edited;
}

test("an edited revision is made of the old one, and only the difference is fetched", async () => {
  const storage = await cas();
  const old = await store(storage, splitmix(41, 6_000_000));
  const edited = edit(old.data, seeded(1));
  const file = { fileHash: storeFile(storage, edited), size: edited.length };
  const bases = [baseFromSidecar("old", old.sidecar)];
  const { content, plan } = await update(storage, file, { bases, path: old.path });
  expect(Buffer.compare(content, edited)).toBe(0);
  expect(plan.copyBytes).toBeGreaterThan(edited.length - MOST_NEW_BYTES);
  expect(plan.wireBytes).toBeLessThan(MOST_NEW_BYTES);
  // What is known of it afterwards is what a download would have found, so it can be a base itself.
  const path = join(await tempDir(), "whole");
  const { units } = await downloadFile(file, { url: storage.url, threads, path });
  const { terms, lengths } = proveFile(units, file);
  expect(plan.chunks()).toEqual({ terms, lengths });
});

for (const subRanges of [true, false]) {
  test(`the way back ${subRanges ? "fetches the holes alone where parts of ranges may be asked for" : "fetches whole ranges where nothing else is sure"}`, async () => {
    const storage = await cas();
    const data = splitmix(42, 6_000_000);
    const oldHash = storeFile(storage, data, { perXorb: 10 });
    const edited = edit(data, seeded(2));
    const newer = await store(storage, edited);
    const bases = [baseFromSidecar("newer", newer.sidecar)];
    const { content, plan } = await update(
      storage,
      { fileHash: oldHash, size: data.length },
      { bases, path: newer.path, subRanges },
    );
    expect(Buffer.compare(content, data)).toBe(0);
    if (subRanges) expect(plan.wireBytes).toBeLessThan(1_500_000);
    else expect(plan.wireBytes).toBeLessThan(data.length);
  });
}

for (const version of [1, 2] as const) {
  test(`a base of which only the terms are known is cut as chunker ${version} does, where nothing else tells`, async () => {
    const storage = await cas();
    const data = splitmix(43, 5_000_000);
    const old = await store(storage, data, { lengths: chunkLengths(data, version) });
    const edited = edit(data, seeded(3));
    const lengths = chunkLengths(edited, version);
    const file = { fileHash: storeFile(storage, edited, { lengths }), size: edited.length };
    const parts = await clientOf(storage.url).reconstruct(old.file);
    let read = 0;
    const { content, plan } = await update(storage, file, {
      bases: [baseFromReconstruction("old", parts)],
      path: old.path,
      read: async (_id, position, length) => {
        read += length;
        return data.subarray(position, position + length);
      },
    });
    expect(Buffer.compare(content, edited)).toBe(0);
    expect(plan.copyBytes).toBeGreaterThan(edited.length - MOST_NEW_BYTES);
    expect(read).toBeLessThan(data.length);
  });
}

test("a base that was edited in place is not believed where its chunks do not add up", async () => {
  const storage = await cas();
  const data = splitmix(44, 4_000_000);
  const [first = 0] = chunkLengths(data);
  // Windows that were uploaded on their own end where no chunker cuts.
  const lengths = [first];
  for (let at = first; at < data.length;) {
    const window = data.subarray(at, at + 150_000);
    lengths.push(...chunkLengths(window));
    at += window.length;
  }
  const old = await store(storage, data, { lengths });
  const edited = concat(data.subarray(0, 1_000_000), splitmix(9, 90_000), data.subarray(1_300_000));
  let at = 0;
  const kept: number[] = [];
  for (const length of lengths) if ((at += length) <= 1_000_000) kept.push(length);
  const start = kept.reduce((sum, length) => sum + length, 0);
  const rest: number[] = [];
  let cut = data.length;
  for (const length of lengths.toReversed()) {
    if (cut - length < 1_300_000) break;
    cut -= length;
    rest.unshift(length);
  }
  const middle = edited.length - start - (data.length - cut);
  const newLengths = [...kept, ...chunkLengths(edited.subarray(start, start + middle)), ...rest];
  const fileHash = storeFile(storage, edited, { lengths: newLengths });
  const file = { fileHash, size: edited.length };
  const parts = await clientOf(storage.url).reconstruct(old.file);
  for (const bases of [
    [baseFromReconstruction("old", parts)],
    [baseFromSidecar("old", old.sidecar)],
  ]) {
    const { content } = await update(storage, file, {
      bases,
      path: old.path,
      read: async (_id, position, length) => data.subarray(position, position + length),
    });
    expect(Buffer.compare(content, edited)).toBe(0);
  }
});

test("bases whose lengths contradict the storage's are not used", async () => {
  const storage = await cas();
  const old = await store(storage, splitmix(45, 2_000_000));
  const wrong = { ...old.sidecar, lengths: old.sidecar.lengths.with(0, 9000) };
  const { content, plan } = await update(storage, old.file, {
    bases: [baseFromSidecar("wrong", wrong)],
    path: old.path,
  });
  expect(Buffer.compare(content, old.data)).toBe(0);
  expect(plan.copyBytes).toBe(0);
});

test("random edits are always put together right, by whole ranges and by parts of them", async () => {
  const storage = await cas();
  const random = seeded(7);
  const runs = Math.max(6, Math.min(200, fuzzRuns / 500));
  const data = splitmix(46, 1_500_000);
  const lengths = (bytes: Uint8Array): number[] => {
    // Small chunks make many terms of a small file.
    const cuts: number[] = [];
    for (let at = 0, from = 0; at < bytes.length; at += 1) {
      const isCut = (bytes[at] ?? 0) === 7 && (bytes[at - 1] ?? 0) < 20 && at - from > 200;
      if (isCut || at === bytes.length - 1) {
        cuts.push(at + 1 - from);
        from = at + 1;
      }
    }
    return cuts;
  };
  const old = await store(storage, data, { lengths: lengths(data), perXorb: 60 });
  const oldParts = await clientOf(storage.url).reconstruct(old.file);
  for (let run = 0; run < runs; run += 1) {
    const pieces: Uint8Array[] = [];
    for (let count = 1 + below(random, 12); count > 0; count -= 1) {
      const start = below(random, data.length);
      const length = below(random, 300_000);
      pieces.push(data.subarray(start, start + length), splitmix(run + count, below(random, 9000)));
    }
    const edited = concat(...pieces);
    const fileHash = storeFile(storage, edited, { lengths: lengths(edited), perXorb: 40 });
    const file = { fileHash, size: edited.length };
    for (const subRanges of [true, false]) {
      const base =
        random() < 0.5
          ? baseFromSidecar("old", old.sidecar)
          : baseFromReconstruction("old", oldParts);
      const { content } = await update(storage, file, { bases: [base], path: old.path, subRanges });
      expect(Buffer.compare(content, edited), `run ${run}`).toBe(0);
    }
    // And back: the edited file is the base of the old one.
    const path = join(await tempDir(), "edited");
    await writeFile(path, edited);
    const { units } = await downloadFile(file, { url: storage.url, threads, path });
    const { lengths: own, terms } = proveFile(units, file);
    const sidecar = { ...file, terms, lengths: own, marks: marksOf(units.map(({ unit }) => unit)) };
    const { content } = await update(storage, old.file, {
      bases: [baseFromSidecar("edited", sidecar)],
      path,
      subRanges: true,
    });
    expect(Buffer.compare(content, data), `run ${run} back`).toBe(0);
  }
}, 3_600_000);

test("a sidecar is read as it was written, and takes 3 bytes a chunk", async () => {
  const storage = await cas();
  const { sidecar, data } = await store(storage, splitmix(47, 3_000_000));
  const bytes = encodeSidecar(sidecar);
  expect(decodeSidecar(bytes)).toEqual(sidecar);
  expect(bytes.length).toBeLessThan(data.length / 10_000);
});

test("a sidecar of any bytes is read or refused", async () => {
  const storage = await cas();
  const bytes = encodeSidecar((await store(storage, splitmix(48, 400_000))).sidecar);
  const random = seeded(6);
  for (let run = 0; run < fuzzRuns; run += 1) {
    try {
      decodeSidecar(mutated(random, bytes));
    } catch (error) {
      if (!(error instanceof XetError)) throw error;
      expect(error.code).toBe("xet/invalid-sidecar");
    }
  }
}, 3_600_000);
