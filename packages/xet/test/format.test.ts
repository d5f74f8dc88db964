import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { ungroupBytes } from "../src/format/bg4.ts";
import {
  blake3Keyed,
  chunkHash,
  chunkLengths,
  type ChunkerVersion,
  decodeRun,
  EMPTY_FILE_HASH,
  fileHash,
  formatXetHash,
  isXetHash,
  nextChunkLength,
  parseShard,
  parseXetHash,
  parseXorb,
  verificationHash,
  XetError,
  xorbHash,
} from "../src/index.ts";
import { fromBase64, fromHex, inputBytes, splitmix, toHex, vectors } from "./vectors.ts";

/** Lengths and hashes of the chunks of `data`. */
function hashed(data: Uint8Array, lengths: readonly number[]) {
  let start = 0;
  const hashes = lengths.map((length) => chunkHash(data.subarray(start, (start += length))));
  return { lengths, hashes: Buffer.concat(hashes) };
}

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof XetError) return error.code;
    throw error;
  }
  return "none";
};

test("the generator makes the bytes that the vectors were made from", () => {
  const { seed, length, bytes } = vectors.generator;
  const stream = splitmix(seed, length);
  for (const [place, byte] of Object.entries(bytes)) expect(stream[Number(place)]).toBe(byte);
});

test("hash strings are read and printed by groups of eight bytes", () => {
  for (const { bytesHex, string } of vectors.hashStrings) {
    expect(formatXetHash(fromHex(bytesHex))).toBe(string);
    expect(toHex(parseXetHash(string.toUpperCase()))).toBe(bytesHex);
  }
});

test("what is no hash is refused, also the asterisks of a redacted listing", () => {
  for (const text of ["*".repeat(64), "", "0".repeat(63), `${"0".repeat(63)}g`, "0".repeat(65)]) {
    expect(isXetHash(text)).toBe(false);
    expect(codeOf(() => parseXetHash(text))).toBe("xet/invalid-hash");
  }
});

test("keyed BLAKE3 gives the hashes of chunks and of protected chunks", () => {
  for (const { ascii, chunkHash: wanted } of vectors.chunkHashes) {
    expect(formatXetHash(chunkHash(Buffer.from(ascii)))).toBe(wanted);
  }
  const { keyHex, messageRawHex, resultRawHex } = vectors.hmac;
  expect(toHex(blake3Keyed(fromHex(keyHex), fromHex(messageRawHex)))).toBe(resultRawHex);
});

test("the tree over 1 to 1000 chunks has the roots that xet-core computes", () => {
  for (const { count, ...wanted } of vectors.merkle) {
    const lengths = Array.from({ length: count }, (_, index) => 1000 + index);
    const leaves = lengths.map((_, index) => chunkHash(Buffer.from(String(index))));
    const chunks = { lengths, hashes: Buffer.concat(leaves) };
    expect({
      xorbHash: xorbHash(chunks),
      fileHash: fileHash(chunks),
      verificationHash: verificationHash(chunks.hashes),
    }).toEqual(wanted);
  }
});

test("a file without bytes has the hash of zeros", () => {
  expect(fileHash({ lengths: [], hashes: new Uint8Array() })).toBe(EMPTY_FILE_HASH);
});

for (const version of [1, 2] satisfies ChunkerVersion[]) {
  test(`chunker ${version} cuts as the uploaders do that use it`, () => {
    for (const file of vectors.files) {
      // The long ones take seconds in plain JavaScript, and a shorter one tells the chunkers apart as well.
      const data = inputBytes(file.input);
      const wanted = file[`v${version}`];
      const lengths = chunkLengths(data, version);
      expect(lengths.length, file.name).toBe(wanted.chunks);
      let end = 0;
      const cuts = lengths.map((length) => (end += length));
      if (wanted.cutPoints) expect(cuts).toEqual(wanted.cutPoints);
      if (wanted.cutPointsSha256) {
        expect(createHash("sha256").update(cuts.join(",")).digest("hex")).toBe(
          wanted.cutPointsSha256,
        );
      }
      if (data.byteLength > 4_000_000) continue;
      const chunks = hashed(data, lengths);
      expect(fileHash(chunks), file.name).toBe(wanted.fileHash);
      if (data.byteLength > 0) expect(xorbHash(chunks), file.name).toBe(wanted.xorbHash);
    }
  });
}

test("a file edited in place is hashed over the chunks it has, which no chunker makes of it", () => {
  const data = splitmix(1, 1_000_000);
  const whole = chunkLengths(data);
  // A window of 100 000 bytes was uploaded anew, chunked on its own: it ends where the window ends.
  const [first = 0] = whole;
  const window = chunkLengths(data.subarray(first, first + 100_000));
  const edited = [first, ...window, ...chunkLengths(data.subarray(first + 100_000))];
  expect(edited).not.toEqual(whole);
  expect(fileHash(hashed(data, edited))).not.toBe(fileHash(hashed(data, whole)));
  // From the end of the window on each chunk starts anew, so the chunker finds the rest again.
  let at = first + 100_000;
  for (const length of edited.slice(1 + window.length)) {
    expect(nextChunkLength(data, at, 2)).toBe(length);
    at += length;
  }
  expect(at).toBe(data.byteLength);
});

test("byte grouping is undone at every length", () => {
  for (const { rawHex, groupedHex } of vectors.bg4) {
    const output = new Uint8Array(rawHex.length / 2);
    ungroupBytes(fromHex(groupedHex), output);
    expect(toHex(output)).toBe(rawHex);
  }
});

test("a xorb as hf_xet uploads it decodes to the chunks of its files", () => {
  const bytes = fromBase64(vectors.xorb.uploaded);
  const { chunks, footer } = parseXorb(bytes);
  expect(footer).toBeUndefined();
  expect(chunks.map(({ scheme, unpackedLength }) => ({ scheme, unpackedLength }))).toEqual(
    vectors.xorb.chunks.map(({ scheme, unpackedLength }) => ({ scheme, unpackedLength })),
  );
  const output = new Uint8Array(65_536);
  const run = decodeRun(bytes, output, 100);
  expect(run).toMatchObject({ consumed: bytes.byteLength, stop: "input" });
  expect(xorbHash(run)).toBe(vectors.xorb.hash);
  let start = 0;
  for (const [index, file] of vectors.xorb.files.entries()) {
    const length = run.lengths[index] ?? 0;
    const content = output.subarray(start, (start += length));
    expect(createHash("sha256").update(content).digest("hex")).toBe(file.sha256);
    expect(toHex(content)).toBe(toHex(inputBytes(file.input)));
    const hashes = run.hashes.subarray(32 * index, 32 * index + 32);
    expect(fileHash({ lengths: [length], hashes })).toBe(file.fileHash);
    expect(verificationHash(hashes)).toBe(file.verificationHash);
  }
});

test("a xorb at rest has a footer that agrees with its chunks", () => {
  const { chunks, footer } = parseXorb(fromBase64(vectors.xorb.atRest));
  expect(footer).toMatchObject({ version: 1, hash: vectors.xorb.hash });
  expect(
    chunks.map((_, index) => formatXetHash(footer?.chunkHashes ?? new Uint8Array(), 32 * index)),
  ).toEqual(vectors.xorb.chunks.map(({ hash }) => hash));
});

test("a footer of version 0 is read as well", () => {
  const xorb = fromBase64(vectors.xorb.uploaded);
  const { chunks } = parseXorb(xorb);
  const u32 = (value: number): Uint8Array => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    return bytes;
  };
  const footer = Buffer.concat([
    Buffer.from("XETBLOB\0", "latin1"),
    parseXetHash(vectors.xorb.hash),
    u32(chunks.length),
    ...chunks.map(({ end }) => u32(end)),
    ...vectors.xorb.chunks.map(({ hash }) => parseXetHash(hash)),
    Buffer.alloc(16),
  ]);
  const bytes = Buffer.concat([xorb, footer, u32(footer.byteLength)]);
  expect(parseXorb(bytes).footer).toMatchObject({ version: 0, hash: vectors.xorb.hash });
});

test("a footer that contradicts its chunks is refused, whichever byte of it is wrong", () => {
  const bytes = fromBase64(vectors.xorb.atRest);
  const start = fromBase64(vectors.xorb.uploaded).byteLength;
  // The hashes are only told, and the last 16 bytes before the length are free.
  const hashes = [start + 8, start + 40, start + 52, start + 52 + 96] as const;
  const free = bytes.byteLength - 20;
  for (let at = start; at < bytes.byteLength; at += 1) {
    const told = (at >= hashes[0] && at < hashes[1]) || (at >= hashes[2] && at < hashes[3]);
    if (told || (at >= free && at < free + 16)) continue;
    const wrong = bytes.slice();
    wrong[at] = (wrong[at] ?? 0) ^ 1;
    expect(
      codeOf(() => parseXorb(wrong)),
      `byte ${at}`,
    ).toBe("xet/malformed-xorb");
  }
});

for (const form of ["uploaded", "atRest"] as const) {
  test(`a shard (${form}) names files, terms and chunks`, () => {
    const shard = parseShard(fromBase64(vectors.shard[form]));
    expect(shard.hmacKey).toBeUndefined();
    expect(shard.xorbs).toHaveLength(1);
    const [xorb] = shard.xorbs;
    expect(xorb).toMatchObject({ hash: vectors.xorb.hash, unpackedLength: 4047 });
    expect(
      xorbHash({ lengths: xorb?.lengths ?? [], hashes: xorb?.chunkHashes ?? new Uint8Array() }),
    ).toBe(vectors.xorb.hash);
    for (const file of vectors.xorb.files) {
      const found = shard.files.find(({ hash }) => hash === file.fileHash);
      expect(found?.terms).toHaveLength(1);
      expect(found?.terms[0]).toMatchObject({ xorb: vectors.xorb.hash, chunks: file.chunks });
      if (form === "uploaded") {
        expect(found?.sha256).toBe(file.sha256);
        expect(found?.terms[0]?.verification).toBe(file.verificationHash);
      }
    }
  });

  test(`a shard (${form}) that ends early is refused at every length`, () => {
    const bytes = fromBase64(vectors.shard[form]);
    const accepted: number[] = [];
    for (let length = 0; length < bytes.byteLength; length += 1) {
      if (codeOf(() => parseShard(bytes.subarray(0, length))) === "none") accepted.push(length);
    }
    expect(accepted).toEqual([]);
  });
}
