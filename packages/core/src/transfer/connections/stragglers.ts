// So many seconds a read is given before it is compared.
const STRAGGLER_SECONDS = 5;
const SHARE = 0.1;
// One neighbour may be the exception, two make a rule.
const SIBLINGS = 2;

/**
 * The reads that deliver less than a tenth of the median of their siblings (reads of the same download, by `of`) over
 * the last five seconds. `history` holds the bytes of each read, second by second from its start.
 */
export function findStragglers<R extends { readonly of: object }>(
  history: ReadonlyMap<R, readonly number[]>,
): R[] {
  const recent: { read: R; bytes: number }[] = [];
  for (const [read, seconds] of history) {
    const last = seconds.at(-1);
    const before = seconds.at(-1 - STRAGGLER_SECONDS);
    if (last !== undefined && before !== undefined) recent.push({ read, bytes: last - before });
  }
  return recent
    .filter(({ read, bytes }) => {
      const siblings = recent
        .filter((other) => other.read !== read && other.read.of === read.of)
        .map((other) => other.bytes)
        .toSorted((a, b) => a - b);
      const median = siblings[Math.floor(siblings.length / 2)] ?? 0;
      return siblings.length >= SIBLINGS && bytes < median * SHARE;
    })
    .map(({ read }) => read);
}
