import { compressLanes, compressSingle } from "./blake3-rounds";
import { BLOCK, KEY, VALUE, VALUES } from "./layout";

const CHUNK_START: u32 = 1;
const CHUNK_END: u32 = 2;
const PARENT: u32 = 4;
const ROOT: u32 = 8;
const KEYED: u32 = 16;

/** Puts the keyed BLAKE3 hash of up to 128 KiB at `source` to `out`. */
export function hash(source: usize, length: u32, out: usize): void {
  if (length <= 1024) {
    hashSequentially(source, length, 0, ROOT);
    memory.copy(out, VALUE, 32);
    return;
  }
  const whole = length >> 10;
  let index: u32 = 0;
  for (; index < whole; index += 4) {
    // Lanes without a chunk of their own hash the last one again: what they give is written over.
    const last = whole - 1 - index;
    const p0 = source + ((<usize>index) << 10);
    const p1 = p0 + ((<usize>min(last, 1)) << 10);
    const p2 = p0 + ((<usize>min(last, 2)) << 10);
    const p3 = p0 + ((<usize>min(last, 3)) << 10);
    const values = VALUES + ((<usize>index) << 5);
    compressLanes(p0, p1, p2, p3, 16, index, 1, KEYED, CHUNK_START, CHUNK_END, KEY, values);
  }
  let count = whole;
  const rest = length & 1023;
  if (rest != 0) {
    hashSequentially(source + ((<usize>whole) << 10), rest, whole, 0);
    memory.copy(VALUES + ((<usize>whole) << 5), VALUE, 32);
    count += 1;
  }
  while (count > 2) count = joinPairs(count);
  memory.copy(VALUE, KEY, 32);
  compressSingle(VALUES, 64, 0, KEYED | PARENT | ROOT, VALUE);
  memory.copy(out, VALUE, 32);
}

/** One level of the tree, in place; an odd value at the end is passed up as it is. */
function joinPairs(count: u32): u32 {
  const pairs = count >> 1;
  for (let index: u32 = 0; index < pairs; index += 4) {
    const last = pairs - 1 - index;
    const p0 = VALUES + ((<usize>index) << 6);
    const p1 = p0 + ((<usize>min(last, 1)) << 6);
    const p2 = p0 + ((<usize>min(last, 2)) << 6);
    const p3 = p0 + ((<usize>min(last, 3)) << 6);
    // The odd value lies behind everything these lanes write only when there are four pairs: it is kept until then.
    if (last < 3 && (count & 1) != 0) memory.copy(VALUE, VALUES + ((<usize>(count - 1)) << 5), 32);
    compressLanes(
      p0,
      p1,
      p2,
      p3,
      1,
      0,
      0,
      KEYED | PARENT,
      0,
      0,
      KEY,
      VALUES + ((<usize>index) << 5),
    );
    if (last < 3 && (count & 1) != 0) memory.copy(VALUES + ((<usize>(count - 1)) << 5), VALUE, 32);
  }
  if ((count & 1) == 0) return pairs;
  memory.copy(VALUES + ((<usize>pairs) << 5), VALUES + ((<usize>(count - 1)) << 5), 32);
  return pairs + 1;
}

/** The chaining value of up to 1024 bytes, to `VALUE`. */
function hashSequentially(source: usize, length: u32, counter: u32, root: u32): void {
  memory.copy(VALUE, KEY, 32);
  let flags = KEYED | CHUNK_START;
  let at = source;
  let left = length;
  while (left > 64) {
    compressSingle(at, 64, counter, flags, VALUE);
    flags = KEYED;
    at += 64;
    left -= 64;
  }
  memory.fill(BLOCK, 0, 64);
  memory.copy(BLOCK, at, left);
  compressSingle(BLOCK, left, counter, flags | CHUNK_END | root, VALUE);
}
