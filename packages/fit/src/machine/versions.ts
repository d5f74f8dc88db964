/** Compares two releases by the numbers in front: negative when `a` came before `b`, 0 when they are alike. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  for (const index of [0, 1, 2]) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const numbersOf = (version: string): readonly number[] =>
  version.split(".", 4).map((part) => Number.parseInt(part, 10) || 0);
