import fc from "fast-check";
import { expect, test } from "vitest";
import { readTar } from "./read-tar.ts";
import { padding, tarEnd, tarHeader } from "./tar-format.ts";

const name = fc
  .array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 80 }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join("/"))
  .filter((text) => !text.includes("\0") && text.isWellFormed());

test("an archive reads back with any names and lengths, however the stream is cut", async () => {
  const files = fc.array(fc.tuple(name, fc.uint8Array({ maxLength: 1500 })), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(files, fc.integer({ min: 1, max: 2000 }), async (written, length) => {
      const pieces = written.flatMap(([path, content]) => [
        tarHeader(path, content.length),
        content,
        Buffer.alloc(padding(content.length)),
      ]);
      const bytes = Buffer.concat([...pieces, tarEnd()]);
      async function* stream(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
      }
      const read: [string, Buffer][] = [];
      for await (const entry of readTar(stream())) {
        const content: Uint8Array[] = [];
        for await (const piece of entry.content) content.push(piece);
        read.push([entry.name, Buffer.concat(content)]);
      }
      expect(read).toEqual(written.map(([path, content]) => [path, Buffer.from(content)]));
    }),
    { numRuns: 100 },
  );
});

test("a file beyond 8 GiB has its size in a pax header", () => {
  const header = tarHeader("model.safetensors", 2 ** 40);
  expect(header).toHaveLength(1536);
  expect(header.toString("latin1")).toContain(" size=1099511627776\n");
});
