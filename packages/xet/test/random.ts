/** Numbers from 0 (inclusive) to 1 by a seed (mulberry32), so that a failure can be seen again. */
export type Random = () => number;

/** A generator started with `seed`. */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An integer from 0 to below `limit`. */
export const below = (random: Random, limit: number): number => Math.floor(random() * limit);

/** Content with something to compress: short repeats, long ones, noise. */
export function someContent(random: Random, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const run = Math.min(length - at, 1 + below(random, 40));
    const kind = below(random, 3);
    const back = 1 + below(random, Math.min(Math.max(at, 1), 70));
    for (let end = at + run; at < end; at += 1) {
      bytes[at] =
        kind === 0 ? below(random, 256) : kind === 1 ? 7 : at < back ? 1 : (bytes[at - back] ?? 0);
    }
  }
  return bytes;
}

/** A copy with a few bytes changed, taken out or doubled. */
export function mutated(random: Random, bytes: Uint8Array): Uint8Array {
  let result = bytes.slice();
  for (let changes = 1 + below(random, 4); changes > 0; changes -= 1) {
    const at = below(random, result.byteLength);
    const kind = below(random, 5);
    if (kind === 0) result = result.slice(0, at);
    else if (kind === 1) {
      const length = below(random, 20);
      result = Buffer.concat([result.subarray(0, at), result.subarray(at + length)]);
    } else if (kind === 2) result[at] = below(random, 256);
    else if (kind === 3) result[at] = (result[at] ?? 0) ^ (1 << below(random, 8));
    else result[at] = [0, 1, 15, 16, 127, 128, 254, 255][below(random, 8)] ?? 0;
  }
  return result;
}

/** How many inputs a fuzz test tries: `MLX_DOWNLOAD_FUZZ`, or a few in a normal run. */
export const fuzzRuns: number = Number(process.env["MLX_DOWNLOAD_FUZZ"] ?? 3000);
