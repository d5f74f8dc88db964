import { expect, test } from "vitest";
import { compileKernel } from "../kernel/compile.ts";
import { inflateRawSync } from "node:zlib";
import { chunkHash, decodeRun, xorbHash } from "../src/index.ts";
import { createKernel, kernelMemory, SLACK_BYTES } from "../src/kernel/kernel.ts";
import { KERNEL_WASM } from "../src/kernel/kernel-wasm.ts";
import { type FrameOptions, packChunk } from "./build-xorb.ts";
import { below, fuzzRuns, mutated, type Random, seeded, someContent } from "./random.ts";
import { fromBase64, splitmix, toHex, vectors } from "./vectors.ts";

const WINDOW = 320 * 1024;
const GUARD = 256;
const kernel = createKernel(kernelMemory(2 * (WINDOW + SLACK_BYTES + GUARD)));
const inputAt = kernel.room.start;
const outputAt = inputAt + WINDOW + SLACK_BYTES + GUARD;

/** What the kernel makes of `input` with room for `outputBytes`; it wrote nowhere else. */
function runKernel(input: Uint8Array, outputBytes: number) {
  const guards = [inputAt + WINDOW + SLACK_BYTES, outputAt + outputBytes + SLACK_BYTES].map((at) =>
    kernel.bytes.subarray(at, at + GUARD),
  );
  for (const guard of guards) guard.fill(0xa5);
  kernel.bytes.set(input, inputAt);
  // What lies behind the input must not matter.
  kernel.bytes.fill(0x5a, inputAt + input.byteLength, inputAt + input.byteLength + SLACK_BYTES);
  const run = kernel.decodeRun(
    { start: inputAt, end: inputAt + input.byteLength },
    { start: outputAt, end: outputAt + outputBytes },
  );
  const touched = guards.some((guard) => guard.some((byte) => byte !== 0xa5));
  const same = Buffer.compare(kernel.bytes.subarray(inputAt, inputAt + input.byteLength), input);
  if (touched || same !== 0) throw new Error("the kernel wrote where it should not");
  return { run, output: kernel.bytes.subarray(outputAt, outputAt + run.produced) };
}

/** The kernel and plain JavaScript make the same of it: chunks, bytes, hashes, the reason to stop. */
function expectSame(input: Uint8Array, outputBytes: number): void {
  const output = new Uint8Array(outputBytes);
  const wanted = decodeRun(input, output, 512);
  const found = runKernel(input, outputBytes);
  const hex = (run: typeof wanted) => ({
    ...run,
    lengths: [...run.lengths],
    packedLengths: [...run.packedLengths],
    hashes: toHex(run.hashes),
  });
  // A comparison by expect costs more than both runs.
  const [left, right] = [JSON.stringify(hex(found.run)), JSON.stringify(hex(wanted))];
  const content = Buffer.compare(found.output, output.subarray(0, wanted.produced));
  if (left !== right || content !== 0) {
    expect(hex(found.run), toHex(input)).toEqual(hex(wanted));
    expect(toHex(found.output)).toBe(toHex(output.subarray(0, wanted.produced)));
  }
}

const SCHEMES = [0, 1, 2] as const;

function someFrame(random: Random): FrameOptions {
  if (random() < 0.6) return {};
  return {
    blockBytes: [1, 3, 64, 1000, 65_536, 300_000][below(random, 6)] ?? 64,
    linked: random() < 0.5,
    blockChecksums: random() < 0.3,
    contentChecksum: random() < 0.3,
    contentSize: random() < 0.3,
    stored: random() < 0.2,
  };
}

function someXorb(random: Random): Uint8Array {
  const chunks = Array.from({ length: 1 + below(random, 3) }, () => {
    const content = someContent(random, 1 + below(random, random() < 0.8 ? 80 : 900));
    return packChunk(content, SCHEMES[below(random, 3)] ?? 0, someFrame(random));
  });
  return Buffer.concat(chunks);
}

test("the committed kernel is what its source compiles to", async () => {
  const committed = inflateRawSync(Buffer.from(KERNEL_WASM, "base64"));
  expect(Buffer.compare(await compileKernel(), committed)).toBe(0);
});

test("the kernel hashes every length as plain JavaScript does", () => {
  const data = splitmix(9, 131_072);
  const sizes = [0, 1, 63, 64, 65, 131_071, 131_072];
  for (let chunks = 1; chunks <= 40; chunks += 1) {
    sizes.push(chunks * 1024 - 1, chunks * 1024, chunks * 1024 + 1);
  }
  for (const size of sizes) {
    const content = data.subarray(0, size);
    expect(toHex(kernel.hashChunk(content)), `${size} bytes`).toBe(toHex(chunkHash(content)));
  }
});

test("the kernel decodes what hf_xet uploaded", () => {
  const { run } = runKernel(fromBase64(vectors.xorb.uploaded), 65_536);
  expect(run.stop).toBe("input");
  expect(xorbHash(run)).toBe(vectors.xorb.hash);
});

test("chunks of every scheme, length and form of frame decode to their content", () => {
  const random = seeded(1);
  const lengths = [1, 2, 3, 4, 5, 7, 15, 16, 17, 63, 64, 65, 1000, 65_535, 65_536, 65_537, 131_072];
  const frames: readonly FrameOptions[] = [
    {},
    { blockBytes: 65_536, linked: true },
    { blockBytes: 65_536, blockChecksums: true },
    { contentChecksum: true, contentSize: true },
    { blockBytes: 65_536, stored: true },
  ];
  for (const length of lengths) {
    const content = someContent(random, length);
    for (const scheme of SCHEMES) {
      for (const frame of scheme === 0 ? [{}] : frames) {
        const input = packChunk(content, scheme, frame);
        const { run, output } = runKernel(input, length);
        expect(run.stop).toBe("input");
        expect(Buffer.compare(output, content), `${length} ${scheme}`).toBe(0);
        expectSame(input, length);
      }
    }
  }
});

test("matches at every distance and length are copied right", () => {
  for (let offset = 1; offset <= 40; offset += 1) {
    for (const match of [4, 5, 7, 8, 9, 15, 16, 17, 18, 19, 31, 33, 64, 300]) {
      const seed = splitmix(offset, offset);
      const content = new Uint8Array(offset + match + 12);
      for (let at = 0; at < content.byteLength; at += 1) content[at] = seed[at % offset] ?? 0;
      expectSame(packChunk(content, 1), content.byteLength);
    }
  }
});

test("a run ends before a chunk that does not fit, a footer, or more chunks than the table holds", () => {
  const chunk = packChunk(splitmix(1, 100), 0);
  expect(runKernel(Buffer.concat([chunk, chunk]), 199).run).toMatchObject({
    stop: "output",
    produced: 100,
    consumed: 108,
  });
  expect(runKernel(fromBase64(vectors.xorb.atRest), 65_536).run.stop).toBe("footer");
  const many = Buffer.concat(Array.from({ length: 600 }, () => packChunk(splitmix(1, 9), 0)));
  expect(runKernel(many, 65_536).run).toMatchObject({ stop: "chunks", produced: 9 * 512 });
});

test("whatever bytes come, the kernel does what plain JavaScript does, and writes nowhere else", () => {
  const random = seeded(2);
  for (let run = 0; run < fuzzRuns; run += 1) {
    const xorb = someXorb(random);
    const input =
      random() < 0.1
        ? splitmix(run, below(random, 200))
        : random() < 0.95
          ? mutated(random, xorb)
          : xorb;
    expectSame(input, random() < 0.7 ? 4096 : below(random, 1000));
  }
}, 3_600_000);

test("random blocks in a sound frame never reach out of it", () => {
  const random = seeded(3);
  for (let run = 0; run < fuzzRuns; run += 1) {
    const block = splitmix(run, 1 + below(random, 60));
    // Small tokens and offsets, so that most of it is decoded.
    for (let at = 0; at < block.byteLength; at += 1) {
      if (random() < 0.6) block[at] = (block[at] ?? 0) & 0x33;
    }
    const { byteLength: size } = block;
    const head = [0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, size, 0, 0, 0];
    const frame = Buffer.concat([Uint8Array.from(head), block, new Uint8Array(4)]);
    const unpacked = 1 + below(random, 300);
    const scheme = 1 + below(random, 2);
    const header = [0, frame.byteLength, 0, 0, scheme, unpacked & 255, unpacked >> 8, 0];
    expectSame(Buffer.concat([Uint8Array.from(header), frame]), 512);
  }
}, 3_600_000);
