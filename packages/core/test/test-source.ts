import type { ByteSink } from "../src/http/byte-sink.ts";
import type { ByteRange } from "../src/transfer/disk/ranges.ts";
import { type BlobRequest, SegmentError, type Source } from "../src/transfer/sources/source.ts";
import { expect, test } from "vitest";

/** A source under test, and a blob that it has. */
export interface SourceUnderTest {
  readonly source: Source;
  readonly blob: BlobRequest;
  /** The bytes of the blob. */
  readonly bytes: Uint8Array;
}

/** A sink that keeps what comes; `room` bytes at a time, and a turn of the event loop of waiting after each. */
function collecting(room: number) {
  const pieces: Uint8Array[] = [];
  let space = new Uint8Array(room);
  const sink: ByteSink = {
    space: () => space,
    filled(bytes) {
      pieces.push(space.subarray(0, bytes));
      space = new Uint8Array(room);
      return new Promise((resolve) => void setImmediate(resolve));
    },
  };
  return { sink, bytes: () => Buffer.concat(pieces) };
}

const never = new AbortController().signal;

/**
 * What every source must do, as tests: whole ranges in order, at the sink's pace and into its room, an end when
 * aborted, and an error that says what it is. `start` makes a source for one test.
 */
export function testSource(name: string, start: () => Promise<SourceUnderTest>): void {
  const read = async (
    { source, blob }: SourceUnderTest,
    range: ByteRange,
    room = 64 * 1024,
  ): Promise<{ readonly got: Buffer; readonly wire: number }> => {
    const { sink, bytes } = collecting(room);
    let wire = 0;
    await source.read(blob, range, { sink, signal: never, onWire: (count) => (wire += count) });
    return { got: bytes(), wire };
  };

  test(`${name} delivers just the bytes of a range, whatever it is`, async () => {
    const under = await start();
    const { size } = under.blob;
    const ranges = [
      [0, size],
      [0, 1],
      [size - 1, size],
      [1, 2],
      [1000, size - 1000],
      [Math.floor(size / 2), size],
    ] as const;
    for (const [from, to] of ranges) {
      const { got, wire } = await read(under, { start: from, end: to });
      expect(got.equals(under.bytes.subarray(from, to)), `${from}-${to}`).toBe(true);
      expect(wire).toBeGreaterThanOrEqual(to - from);
    }
  });

  test(`${name} fits what comes into the sink's room and waits for it`, async () => {
    const under = await start();
    const { got } = await read(under, { start: 5, end: 12_005 }, 7);
    expect(got.equals(under.bytes.subarray(5, 12_005))).toBe(true);
  });

  test(`${name} reads several ranges at once`, async () => {
    const under = await start();
    const step = Math.ceil(under.blob.size / 5);
    const parts = await Promise.all(
      [3, 1, 4, 0, 2].map(async (part) => {
        const range = {
          start: part * step,
          end: Math.min(under.blob.size, (part + 1) * step),
        };
        return { part, got: (await read(under, range)).got };
      }),
    );
    const whole = parts.toSorted((a, b) => a.part - b.part).map(({ got }) => got);
    expect(Buffer.concat(whole).equals(under.bytes)).toBe(true);
  });

  test(`${name} ends with the signal's reason, before and while it reads`, async () => {
    const { source, blob } = await start();
    const reason = new Error("enough");
    const ask = (signal: AbortSignal, sink: ByteSink): Promise<void> =>
      source.read(blob, { start: 0, end: blob.size }, { sink, signal, onWire: () => undefined });
    await expect(ask(AbortSignal.abort(reason), collecting(10).sink)).rejects.toBe(reason);

    const stop = new AbortController();
    let filled = 0;
    const space = new Uint8Array(1000);
    const sink: ByteSink = {
      space: () => space,
      filled(bytes) {
        filled += bytes;
        stop.abort(reason);
        return undefined;
      },
    };
    await expect(ask(stop.signal, sink)).rejects.toBe(reason);
    expect(filled).toBeLessThan(blob.size);
  });

  test(`${name} hands on what a sink throws, as it is`, async () => {
    const { source, blob } = await start();
    const full = new Error("the disk is full");
    const sink: ByteSink = {
      space: () => new Uint8Array(1000),
      filled() {
        throw full;
      },
    };
    const range = { start: 0, end: blob.size };
    const reading = source.read(blob, range, { sink, signal: never, onWire: () => undefined });
    await expect(reading).rejects.toBe(full);
  });

  test(`${name} says of a blob that it has not that it has not, and delivers nothing`, async () => {
    const { source, blob } = await start();
    const { sink, bytes } = collecting(1000);
    const absent = { ...blob, path: "absent.safetensors" };
    const range = { start: 0, end: blob.size };
    const error: unknown = await source
      .read(absent, range, { sink, signal: never, onWire: () => undefined })
      .then(
        () => undefined,
        (reason: unknown) => reason,
      );
    expect(error).toBeInstanceOf(Error);
    expect(error instanceof SegmentError && error.failure === "transient").toBe(false);
    expect(bytes()).toHaveLength(0);
  });
}
