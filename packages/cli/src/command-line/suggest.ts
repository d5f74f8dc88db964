/**
 * Counts the edits (insert, delete, replace, swap of neighbours) that turn one word into the other.
 */
function editDistance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, at) => at)];
  const cell = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let i = 1; i <= from.length; i += 1) {
    rows.push([i]);
    for (let j = 1; j <= to.length; j += 1) {
      const same = from[i - 1] === to[j - 1];
      let best = Math.min(
        cell(i - 1, j) + 1,
        cell(i, j - 1) + 1,
        cell(i - 1, j - 1) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1])
        best = Math.min(best, cell(i - 2, j - 2) + 1);
      rows[i]?.push(best);
    }
  }
  return cell(from.length, to.length);
}

/**
 * The word that `typed` was probably meant to be: the nearest one, or one that starts with it.
 * Undefined when none is within `most` edits (default: a third of the letters).
 */
export function suggest(
  typed: string,
  words: Iterable<string>,
  most: number = Math.max(1, Math.floor(typed.length / 3)),
): string | undefined {
  let best: string | undefined;
  let bestDistance = most + 1;
  for (const word of words) {
    const distance = editDistance(typed.toLowerCase(), word);
    if (distance < bestDistance) {
      best = word;
      bestDistance = distance;
    }
  }
  if (best !== undefined || typed.length < 3) return best;
  return [...words].find((word) => word.startsWith(typed.toLowerCase()));
}
