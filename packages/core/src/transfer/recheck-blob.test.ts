import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { PROOF_STEP_BYTES as BLOCK } from "@mlx-download/cache/writing";
import { expect, onTestFinished, test } from "vitest";
import { pour } from "../http/byte-sink.ts";
import { createConnectionBudget } from "./connections/budget.ts";
import { createRateLimit } from "./connections/rate-limit.ts";
import { startTransferMonitor } from "./connections/transfer-monitor.ts";
import { openPartialBlob } from "./disk/partial-blob.ts";
import { createProgressTracker } from "./progress.ts";
import { recheckBlob } from "./recheck-blob.ts";
import { createSourceSet, type Opinion } from "./sources/source-set.ts";
import { SegmentError, type Source } from "./sources/source.ts";
import type { TransferContext } from "./transfer-context.ts";

const BLOCKS = 6;
const SIZE = BLOCKS * BLOCK;
const TRUE_BYTES = Buffer.alloc(SIZE, "the bytes that were promised");
const hexOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const digest = { algorithm: "sha256", hex: hexOf(TRUE_BYTES) } as const;
const path = "model.safetensors";
const file = { path, size: SIZE, digest, blobId: "0".repeat(40) };

/** The blocks of these numbers, as ranges. */
const ranges = (...numbers: number[]) =>
  numbers.map((number) => ({ start: number * BLOCK, end: (number + 1) * BLOCK }));

/** The true bytes with one wrong byte in each of these blocks. */
function damaged(...numbers: number[]): Buffer {
  const bytes = Buffer.from(TRUE_BYTES);
  for (const number of numbers) bytes[number * BLOCK + 7] = 0;
  return bytes;
}

/** A source that sends `bytes`, and the blocks that it was asked for. */
function sending(name: string, bytes: Buffer, fail?: () => Error | undefined) {
  const asked: number[] = [];
  const source: Source = {
    name,
    async read(_blob, { start, end }, { sink, onWire }) {
      asked.push(start / BLOCK);
      const error = fail?.();
      if (error !== undefined) throw error;
      onWire(end - start);
      await pour(bytes.subarray(start, end), sink);
    },
  };
  return { source, asked };
}

type Sending = ReturnType<typeof sending>;

interface Course {
  readonly ranged?: boolean;
  readonly resumed?: readonly { readonly start: number; readonly end: number }[];
  /** The first block that the disk changed, as each verification finds it. */
  readonly changed?: (bytes: Buffer) => number | undefined;
  /** Sources that brought blocks before. */
  readonly brought?: readonly (readonly [number: number, from: string])[];
}

/** Rechecks a partial that holds `bytes`. */
async function recheck(bytes: Buffer, sources: readonly [Sending, ...Sending[]], course: Course) {
  const folder = await tempDir();
  const paths = { data: join(folder, "x.data"), journal: join(folder, "x.journal") };
  await writeFile(paths.data, bytes);
  const partial = await openPartialBlob(paths, { digest, size: SIZE });
  const budget = createConnectionBudget();
  const share = budget.join(1);
  const monitor = startTransferMonitor(budget);
  onTestFinished(async () => {
    monitor.stop();
    await partial.close();
  });
  const emit = (): void => {};
  const [first, ...others] = sources;
  const source = createSourceSet([first.source, ...others.map((one) => one.source)], emit);
  const signal = new AbortController().signal;
  for (const [number, from] of course.brought ?? []) {
    const [range] = ranges(number);
    const scratch = Buffer.alloc(BLOCK);
    const sink = { space: () => scratch, filled: () => undefined };
    const opinion: Opinion = { from };
    if (range) await source.read(file, range, { signal, sink, onWire: () => {}, opinion });
  }
  for (const { asked } of sources) asked.length = 0;
  const progress = createProgressTracker({ total: SIZE, cached: 0, files: 1, filesDone: 0 }, emit);
  onTestFinished(() => progress.stop());
  const context = {
    repoId: "acme/big",
    source,
    budget: share,
    monitor,
    progress,
    signal,
    emit,
    rateLimit: createRateLimit(),
    priority: 0,
    idleMs: 60_000,
    force: false,
  } as unknown as TransferContext;
  let proofs = 0;
  const proof = async () => {
    const now = await readFile(paths.data);
    const changedFrom = course.changed?.(now);
    return { actual: hexOf(now), changedFrom, beginnings: [] };
  };
  const result = await recheckBlob(
    { files: [file], size: SIZE, action: "fetch", resumable: 0, copyFrom: undefined },
    partial,
    {
      context,
      progress: progress.start({ path, size: SIZE, resumed: 0 }),
      ranged: course.ranged ?? true,
      resumed: course.resumed ?? [],
      first: await proof(),
      prove: async () => {
        proofs += 1;
        return proof();
      },
    },
  );
  const { actual, asked, different } = result;
  const blocks = [...new Set(different.ranges().map(({ start }) => Math.floor(start / BLOCK)))];
  const whole = Buffer.compare(await readFile(paths.data), TRUE_BYTES) === 0;
  expect(actual === digest.hex).toBe(whole);
  return { whole, asked: asked / BLOCK, blocks, proofs, source };
}

test("blocks are asked for from the first on, until the digest is right", async () => {
  const hub = sending("hub", TRUE_BYTES);
  const { source: _, ...found } = await recheck(damaged(2), [hub], {});
  expect(found).toEqual({ whole: true, asked: 3, blocks: [2], proofs: 1 });
  expect(hub.asked).toEqual([0, 1, 2]);
});

test("blocks of an earlier run are asked for first, and those beside them are not", async () => {
  const hub = sending("hub", TRUE_BYTES);
  const course = { resumed: [...ranges(1), { start: 4 * BLOCK, end: 4 * BLOCK + 10 }] };
  expect(await recheck(damaged(4), [hub], course)).toMatchObject({ whole: true, asked: 2 });
  expect(hub.asked).toEqual([1, 4]);
});

test("the block that the disk changed is the only one to be asked for", async () => {
  const hub = sending("hub", TRUE_BYTES);
  const changed = (now: Buffer) => (now[5 * BLOCK + 7] === 0 ? 5 * BLOCK : undefined);
  expect(await recheck(damaged(5), [hub], { changed })).toMatchObject({ asked: 1, proofs: 1 });
  expect(hub.asked).toEqual([5]);
});

test("a disk that changed a block in vain for it is believed once", async () => {
  const hub = sending("hub", TRUE_BYTES);
  // The block that it points to came right. The bad one is another.
  const changed = () => 5 * BLOCK;
  expect(await recheck(damaged(1), [hub], { changed })).toMatchObject({ whole: true, asked: 3 });
  expect(hub.asked).toEqual([5, 0, 1]);
});

test("of several bad blocks the digest is not taken after each one", async () => {
  const hub = sending("hub", TRUE_BYTES);
  const found = await recheck(damaged(0, 1, 2, 4), [hub], {});
  // After one more, then after two more, and at the end.
  expect(found).toMatchObject({ whole: true, asked: 6, blocks: [0, 1, 2, 4], proofs: 3 });
});

test("bytes that are wrong at their only source are asked for twice, and left", async () => {
  const hub = sending("hub", damaged(3));
  const found = await recheck(damaged(3), [hub], {});
  // They came alike, so that nothing is in doubt any more.
  expect(found).toMatchObject({ whole: false, asked: 6, blocks: [], proofs: 0 });
});

test("sources that do not have the blob cause no further questions", async () => {
  const hub = sending("hub", damaged(3));
  const without = (name: string): Sending => {
    const { source, asked } = sending(name, TRUE_BYTES);
    return { source: { ...source, offers: () => false }, asked };
  };
  const [one, other] = [without("one"), without("other")];
  const found = await recheck(damaged(3), [hub, one, other], {});
  expect(found).toMatchObject({ whole: false, asked: 6, proofs: 0 });
  expect([one.asked, other.asked]).toEqual([[], []]);
});

test("another source than the one that brought a block is asked, and the liar is left out from then on", async () => {
  const liar = sending("liar", damaged(1));
  const honest = sending("honest", TRUE_BYTES);
  const brought = [0, 1, 2, 3, 4, 5].map((number) => [number, "liar"] as const);
  const found = await recheck(damaged(1), [liar, honest], { brought });
  expect(found).toMatchObject({ whole: true, asked: 2, blocks: [1] });
  expect([liar.asked, honest.asked]).toEqual([[], [0, 1]]);
  const sink = { space: () => Buffer.alloc(BLOCK), filled: () => undefined };
  const { signal } = new AbortController();
  for (const range of ranges(0, 1, 2)) {
    await found.source.read(file, range, { signal, sink, onWire: () => {}, opinion: "another" });
  }
  expect(liar.asked).toEqual([]);
});

test("a block that both sources brought is in doubt as long as the digest is wrong", async () => {
  const first = sending("first", TRUE_BYTES);
  const second = sending("second", TRUE_BYTES);
  const brought = [[2, "first"] as const, [2, "second"] as const];
  const found = await recheck(damaged(2), [first, second], { brought });
  expect(found).toMatchObject({ whole: true, asked: BLOCKS, blocks: [2] });
  const asked = [...first.asked, ...second.asked].toSorted((a, b) => a - b);
  expect(asked).toEqual([0, 1, 2, 3, 4, 5]);
});

test("a source that could not answer is asked again for what it was to judge", async () => {
  const liar = sending("liar", damaged(3));
  let fails = 1;
  const gone = new SegmentError("gone for a moment", "wrong-answer");
  const honest = sending("honest", TRUE_BYTES, () => ((fails -= 1) >= 0 ? gone : undefined));
  const brought = [0, 1, 2, 3, 4, 5].map((number) => [number, "liar"] as const);
  expect(await recheck(damaged(0), [liar, honest], { brought })).toMatchObject({ whole: true });
});

test("a server that sends the whole file whatever is asked is asked once", async () => {
  const whole = sending("hub", TRUE_BYTES);
  const found = await recheck(damaged(1, 4), [whole], { ranged: false });
  expect(found).toMatchObject({ whole: true, asked: BLOCKS, blocks: [1, 4], proofs: 1 });
  expect(whole.asked).toEqual([0]);
});

test("a server that turns out to send the whole file is taken at its word", async () => {
  let first = true;
  const hub = sending("hub", TRUE_BYTES, () => {
    const ignored = first ? new SegmentError("ignores ranges", "ranges-ignored") : undefined;
    first = false;
    return ignored;
  });
  const found = await recheck(damaged(5), [hub], {});
  expect(found).toMatchObject({ whole: true, blocks: [5], proofs: 1 });
  expect(hub.asked).toEqual([0, 0]);
});
