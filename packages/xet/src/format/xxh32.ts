const P1 = 0x9e3779b1;
const P2 = 0x85ebca77;
const P3 = 0xc2b2ae3d;
const P4 = 0x27d4eb2f;
const P5 = 0x165667b1;

const rotate = (value: number, bits: number): number => (value << bits) | (value >>> (32 - bits));

const round = (lane: number, word: number): number =>
  Math.imul(rotate((lane + Math.imul(word, P2)) | 0, 13), P1);

/** xxHash32 with seed 0, the checksum of LZ4 frames (Cyan4973/xxHash, doc/xxhash_spec.md). */
export function xxh32(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { byteLength } = bytes;
  let at = 0;
  let hash = P5;
  if (byteLength >= 16) {
    let [a, b, c, d] = [(P1 + P2) | 0, P2 | 0, 0, -P1 | 0];
    for (; at + 16 <= byteLength; at += 16) {
      a = round(a, view.getUint32(at, true));
      b = round(b, view.getUint32(at + 4, true));
      c = round(c, view.getUint32(at + 8, true));
      d = round(d, view.getUint32(at + 12, true));
    }
    hash = rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18);
  }
  hash = (hash + byteLength) | 0;
  for (; at + 4 <= byteLength; at += 4) {
    const word = Math.imul(view.getUint32(at, true), P3);
    hash = Math.imul(rotate((hash + word) | 0, 17), P4);
  }
  for (; at < byteLength; at += 1) {
    const byte = Math.imul(view.getUint8(at), P5);
    hash = Math.imul(rotate((hash + byte) | 0, 11), P1);
  }
  hash = Math.imul(hash ^ (hash >>> 15), P2);
  hash = Math.imul(hash ^ (hash >>> 13), P3);
  return (hash ^ (hash >>> 16)) >>> 0;
}
