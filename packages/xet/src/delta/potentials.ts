/**
 * Distances between chunks of one xorb. P(i) is the number of unpacked bytes in front of chunk i. No source gives it, but
 * every term of every file gives P(end) − P(start), and those that share a chunk can be added up.
 */
export interface Potentials {
  /** Notes that P(end) − P(start) is `length`. False when that contradicts an earlier note, which then stays. */
  relate(start: number, end: number, length: number): boolean;
  /** P(end) − P(start), undefined while nothing connects them. */
  distance(start: number, end: number): number | undefined;
}

interface Root {
  readonly root: number;
  /** P(i) − P(root). */
  readonly offset: number;
}

/** Nothing is known of the xorb yet. A union-find whose links have a weight. */
export function createPotentials(): Potentials {
  const links = new Map<number, Root>();
  const find = (chunk: number): Root => {
    const passed: number[] = [];
    let at: Root = { root: chunk, offset: 0 };
    for (let link = links.get(at.root); link !== undefined; link = links.get(at.root)) {
      passed.push(at.root);
      at = { root: link.root, offset: at.offset + link.offset };
    }
    // Each of those passed links to the root itself from now on.
    let rest = at.offset;
    for (const one of passed) {
      const { offset } = links.get(one) as Root;
      links.set(one, { root: at.root, offset: rest });
      rest -= offset;
    }
    return at;
  };
  return {
    relate(start, end, length) {
      const a = find(start);
      const b = find(end);
      if (a.root === b.root) return b.offset - a.offset === length;
      links.set(b.root, { root: a.root, offset: a.offset + length - b.offset });
      return true;
    },
    distance(start, end) {
      const a = find(start);
      const b = find(end);
      return a.root === b.root ? b.offset - a.offset : undefined;
    },
  };
}
