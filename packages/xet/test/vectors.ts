import { readFile } from "node:fs/promises";

/** An input described by rule. */
type Input =
  | { readonly kind: "empty" }
  | { readonly kind: "ascii"; readonly text: string }
  | { readonly kind: "fill"; readonly byte: number; readonly length: number }
  | { readonly kind: "repeat-ascii"; readonly text: string; readonly times: number }
  | { readonly kind: "splitmix64le"; readonly seed: number; readonly length: number }
  | { readonly kind: "custom" };

interface Chunked {
  readonly chunks: number;
  readonly xorbHash: string;
  readonly fileHash: string;
  /** End offsets. */
  readonly cutPoints?: readonly number[];
  /** SHA-256 of the end offsets, as decimal text joined with commas. */
  readonly cutPointsSha256?: string;
}

/** What vectors.json holds; its comment says where it is from. */
interface Vectors {
  readonly generator: {
    readonly seed: number;
    readonly length: number;
    readonly bytes: Readonly<Record<string, number>>;
  };
  readonly hashStrings: readonly { readonly bytesHex: string; readonly string: string }[];
  readonly chunkHashes: readonly { readonly ascii: string; readonly chunkHash: string }[];
  readonly hmac: {
    readonly messageRawHex: string;
    readonly keyHex: string;
    readonly resultRawHex: string;
  };
  readonly merkle: readonly {
    readonly count: number;
    readonly xorbHash: string;
    readonly fileHash: string;
    readonly verificationHash: string;
  }[];
  readonly bg4: readonly { readonly rawHex: string; readonly groupedHex: string }[];
  readonly files: readonly {
    readonly name: string;
    readonly input: Input;
    readonly v1: Chunked;
    readonly v2: Chunked;
  }[];
  readonly xorb: {
    readonly hash: string;
    /** base64 */
    readonly uploaded: string;
    readonly atRest: string;
    readonly chunks: readonly {
      readonly scheme: number;
      readonly unpackedLength: number;
      readonly hash: string;
    }[];
    readonly files: readonly {
      readonly input: Input;
      readonly fileHash: string;
      readonly sha256: string;
      readonly chunks: { readonly start: number; readonly end: number };
      readonly verificationHash: string;
    }[];
  };
  /** base64 */
  readonly shard: { readonly uploaded: string; readonly atRest: string };
}

/** The vectors beside this file. */
export const vectors: Vectors = JSON.parse(
  await readFile(new URL("vectors.json", import.meta.url), "utf8"),
) as Vectors;

/** `length` bytes of splitmix64, each number little-endian. */
export function splitmix(seed: number, length: number): Uint8Array {
  const numbers = new BigUint64Array(Math.ceil(length / 8));
  let state = BigInt(seed);
  for (let index = 0; index < numbers.length; index += 1) {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    numbers[index] = z ^ (z >> 31n);
  }
  return new Uint8Array(numbers.buffer, 0, length);
}

/** The bytes that a rule describes. */
export function inputBytes(input: Input): Uint8Array {
  switch (input.kind) {
    case "empty":
      return new Uint8Array();
    case "ascii":
      return Buffer.from(input.text, "latin1");
    case "fill":
      return new Uint8Array(input.length).fill(input.byte);
    case "repeat-ascii":
      return Buffer.from(input.text.repeat(input.times), "latin1");
    case "splitmix64le":
      return splitmix(input.seed, input.length);
    case "custom": {
      const random = splitmix(3, 2048);
      const words = Array.from({ length: 511 }, (_, index) => [
        random[2 * index] as number,
        random[2 * index + 1] as number,
        0x80 | Math.floor(index / 128),
        0x3f,
      ]);
      return Uint8Array.from([...words.flat(), 1, 2, 3]);
    }
  }
}

/** The bytes of hex text. */
export const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
/** The bytes of base64 text. */
export const fromBase64 = (text: string): Uint8Array =>
  Uint8Array.from(Buffer.from(text, "base64"));
/** Hex text of bytes. */
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
