import { XetError } from "../errors.ts";

/** Length of a hash, in bytes. */
export const HASH_BYTES = 32;

/** The hash of a file without bytes. */
export const EMPTY_FILE_HASH: string = "0".repeat(64);

const PATTERN = /^[0-9a-f]{64}$/iu;

/** Whether `text` is a Xet hash: 64 hex digits. A tree of the Hub can hold 64 asterisks in its place. */
export function isXetHash(text: unknown): text is string {
  return typeof text === "string" && PATTERN.test(text);
}

/**
 * The 32 bytes of a hash string: four little-endian 64-bit numbers, each printed as 16 hex digits, so that the bytes of
 * each group of eight stand in reverse. Throws `xet/invalid-hash`.
 */
export function parseXetHash(text: string): Uint8Array {
  if (!isXetHash(text)) {
    throw new XetError(
      `not a Xet hash: ${JSON.stringify(String(text).slice(0, 80))}`,
      "xet/invalid-hash",
      {
        hint: "A Xet hash has 64 hexadecimal digits: fetch the file by the plain route instead.",
      },
    );
  }
  const bytes = new Uint8Array(HASH_BYTES);
  for (let index = 0; index < HASH_BYTES; index += 1) {
    const at = 2 * swapped(index);
    bytes[index] = Number.parseInt(text.slice(at, at + 2), 16);
  }
  return bytes;
}

/** The string of the hash at `offset` of `bytes`, in lower case. */
export function formatXetHash(bytes: Uint8Array, offset = 0): string {
  if (offset < 0 || offset + HASH_BYTES > bytes.byteLength) {
    throw new RangeError(`no hash at byte ${offset} of ${bytes.byteLength}`);
  }
  let text = "";
  for (let index = 0; index < HASH_BYTES; index += 1) {
    text += (bytes[offset + swapped(index)] as number).toString(16).padStart(2, "0");
  }
  return text;
}

/** Where the byte at `index` stands in the other form. */
function swapped(index: number): number {
  return index - (index % 8) + 7 - (index % 8);
}
