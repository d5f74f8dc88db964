import { expect, test } from "vitest";
import { pour } from "../../http/byte-sink.ts";
import { createSourceSet } from "./source-set.ts";
import { SegmentError, type Source } from "./source.ts";

const size = 100;
const blob = {
  path: "model.safetensors",
  size,
  digest: { algorithm: "sha256", hex: "0".repeat(64) },
} as const;

/** A source that says once that it knows no ranges, and from then on skips to them, as a Hub's does. */
function rangeless(name: string): Source {
  let told = false;
  return {
    name,
    async read(_blob, { start, end }, { sink }) {
      if (!told) {
        told = true;
        throw new SegmentError("ignores ranges", "ranges-ignored");
      }
      await pour(Buffer.alloc(end - start, name), sink);
    },
  };
}

/** The source of each byte of the rest of the blob, read after the first question about a part of it. */
async function readTwice(sources: readonly [Source, ...Source[]], mayGrow = false) {
  const set = createSourceSet(sources, () => undefined, { mayGrow });
  const into = Buffer.alloc(size);
  let at = 0;
  const sink = { space: () => into.subarray(at), filled: (bytes: number) => void (at += bytes) };
  const io = { sink, signal: new AbortController().signal, onWire: () => undefined };
  const first = await set.read(blob, { start: 10, end: 20 }, io).catch((error: unknown) => error);
  at = 0;
  await set.read(blob, { start: 10, end: size }, io);
  return { first, read: into.subarray(0, at).toString() };
}

test.each([
  ["alone", [rangeless("a")], false],
  ["alone, where others may join", [rangeless("a")], true],
  [
    "beside one that offers nothing",
    [rangeless("a"), { ...rangeless("b"), offers: () => false }],
    true,
  ],
  ["beside another such", [rangeless("a"), rangeless("b")], false],
] as const)(
  "a source that ignores ranges is asked for the rest, %s",
  async (_, sources, mayGrow) => {
    const { first, read } = await readTwice([...sources], mayGrow);
    expect(first).toMatchObject({ failure: "ranges-ignored" });
    expect(read).toBe("a".repeat(size - 10));
  },
);

test("a source that ignores ranges is left aside where another is at hand", async () => {
  const other: Source = {
    name: "b",
    read: (_blob, { start, end }, { sink }) => pour(Buffer.alloc(end - start, "b"), sink),
  };
  expect(await readTwice([rangeless("a"), other])).toEqual({
    first: undefined,
    read: "b".repeat(size - 10),
  });
});
