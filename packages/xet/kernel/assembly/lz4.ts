/**
 * Decodes an LZ4 block that lies in [source, sourceEnd) to at most [output, outputEnd); returns where the output ends, 0
 * when a sequence reaches out of the block. It reads up to 16 bytes behind the source and writes up to 32 behind the
 * output: both have 64 bytes to spare.
 */
export function decodeBlock(
  source: usize,
  sourceEnd: usize,
  output: usize,
  outputEnd: usize,
): usize {
  let from = source;
  let to = output;
  while (from < sourceEnd) {
    const token = <u32>load<u8>(from);
    from += 1;
    let literals: usize = token >> 4;
    if (literals == 15) {
      let byte: u32 = 255;
      while (byte == 255) {
        if (from >= sourceEnd) return 0;
        byte = <u32>load<u8>(from);
        from += 1;
        literals += byte;
      }
      if (literals > sourceEnd - from || literals > outputEnd - to) return 0;
      copyAhead(to, from, literals);
    } else {
      if (literals > sourceEnd - from || literals > outputEnd - to) return 0;
      v128.store(to, v128.load(from));
    }
    from += literals;
    to += literals;
    if (from == sourceEnd) return to;
    if (sourceEnd - from < 2) return 0;
    const offset: usize = <usize>load<u16>(from);
    from += 2;
    let length: usize = token & 15;
    if (length == 15) {
      let byte: u32 = 255;
      while (byte == 255) {
        if (from >= sourceEnd) return 0;
        byte = <u32>load<u8>(from);
        from += 1;
        length += byte;
      }
    }
    length += 4;
    if (offset == 0 || offset > to - output || length > outputEnd - to) return 0;
    if (offset >= 16) {
      v128.store(to, v128.load(to - offset));
      if (length > 16) copyAhead(to + 16, to + 16 - offset, length - 16);
    } else repeat(to, offset, length);
    to += length;
  }
  return 0;
}

/** Copies in steps of 16 bytes, up to 15 more than asked for; the places are at least 16 bytes apart. */
function copyAhead(to: usize, from: usize, length: usize): void {
  const end = to + length;
  do {
    v128.store(to, v128.load(from));
    to += 16;
    from += 16;
  } while (to < end);
}

/** Repeats the `offset` bytes in front of `to`, fewer than 16 of them. */
function repeat(to: usize, offset: usize, length: usize): void {
  const end = to + length;
  if (offset >= 8) {
    let from = to - offset;
    do {
      store<u64>(to, load<u64>(from));
      to += 8;
      from += 8;
    } while (to < end);
    return;
  }
  // The largest multiple of the offset up to eight bytes is written at once, with the same bytes further on.
  let pattern: u64 = load<u64>(to - offset) & (((<u64>1) << ((<u64>offset) << 3)) - 1);
  let width = offset;
  while (width << 1 <= 8) {
    pattern |= pattern << ((<u64>width) << 3);
    width <<= 1;
  }
  if (width < 8) pattern |= pattern << ((<u64>width) << 3);
  do {
    store<u64>(to, pattern);
    to += width;
  } while (to < end);
}
