import type { BlobSource } from "./blob-source.ts";

const PAGE = 64 * 1024;

/** A blob of `size` bytes made on the fly: the same for the same `seed`, different in every 64 KiB page, without memory for it. */
export function syntheticBlob(size: number, seed = 1): BlobSource {
  const page = noise(seed);
  return {
    size,
    open: async () => ({
      read: async (target, position) => {
        const length = Math.max(0, Math.min(target.byteLength, size - position));
        for (let done = 0; done < length;) {
          const at = position + done;
          const offset = at % PAGE;
          const part = page.subarray(offset, Math.min(PAGE, offset + length - done));
          target.set(part, done);
          stamp(target.subarray(done, done + part.byteLength), offset, Math.floor(at / PAGE));
          done += part.byteLength;
        }
        return length;
      },
      close: async () => {},
    }),
  };
}

/** Writes the page's number over its first eight bytes, as far as `part` (which begins at `offset`) holds them. */
function stamp(part: Uint8Array, offset: number, pageNumber: number): void {
  for (let i = offset; i < 8 && i - offset < part.byteLength; i += 1) {
    part[i - offset] = Math.floor(pageNumber / 256 ** i) & 0xff;
  }
}

/** Xorshift32: not random enough for anything but telling bytes apart, and reproducible. */
function noise(seed: number): Uint8Array {
  const words = new Uint32Array(PAGE / 4);
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
  for (let i = 0; i < words.length; i += 1) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state >>> 0;
  }
  return new Uint8Array(words.buffer);
}
