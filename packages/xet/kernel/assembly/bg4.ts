/** Undoes byte grouping by four: `length` grouped bytes at `source` go to `output`. */
export function ungroup(source: usize, length: u32, output: usize): void {
  const quarter = <usize>(length >> 2);
  const rest = <usize>(length & 3);
  const s0 = source;
  const s1 = s0 + quarter + (rest > 0 ? 1 : 0);
  const s2 = s1 + quarter + (rest > 1 ? 1 : 0);
  const s3 = s2 + quarter + (rest > 2 ? 1 : 0);
  let at: usize = 0;
  let to = output;
  for (; at + 16 <= quarter; at += 16) {
    const a = v128.load(s0 + at);
    const b = v128.load(s1 + at);
    const c = v128.load(s2 + at);
    const d = v128.load(s3 + at);
    // Pairs of bytes, then pairs of pairs.
    const abLow = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const abHigh = i8x16.shuffle(
      a,
      b,
      8,
      24,
      9,
      25,
      10,
      26,
      11,
      27,
      12,
      28,
      13,
      29,
      14,
      30,
      15,
      31,
    );
    const cdLow = i8x16.shuffle(c, d, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const cdHigh = i8x16.shuffle(
      c,
      d,
      8,
      24,
      9,
      25,
      10,
      26,
      11,
      27,
      12,
      28,
      13,
      29,
      14,
      30,
      15,
      31,
    );
    v128.store(
      to,
      i8x16.shuffle(abLow, cdLow, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23),
    );
    v128.store(
      to,
      i8x16.shuffle(abLow, cdLow, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31),
      16,
    );
    v128.store(
      to,
      i8x16.shuffle(abHigh, cdHigh, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23),
      32,
    );
    v128.store(
      to,
      i8x16.shuffle(abHigh, cdHigh, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31),
      48,
    );
    to += 64;
  }
  for (; at < quarter; at += 1) {
    store<u8>(to, load<u8>(s0 + at));
    store<u8>(to, load<u8>(s1 + at), 1);
    store<u8>(to, load<u8>(s2 + at), 2);
    store<u8>(to, load<u8>(s3 + at), 3);
    to += 4;
  }
  if (rest > 0) store<u8>(to, load<u8>(s0 + quarter));
  if (rest > 1) store<u8>(to, load<u8>(s1 + quarter), 1);
  if (rest > 2) store<u8>(to, load<u8>(s2 + quarter), 2);
}
