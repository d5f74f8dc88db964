/** An Apple chip. */
export interface Chip {
  /** As macOS calls it: `Apple M4 Max`. */
  readonly name: string;
  /** Bytes a second. Two figures where two bins are sold under one name. */
  readonly bandwidth: { readonly low: number; readonly high: number };
}

const GB = 1_000_000_000;

// Apple's technical specifications. Those of the M5 family are as users reported them, not checked on hardware.
const BANDWIDTHS: Readonly<Record<string, readonly [low: number, high: number]>> = {
  M1: [68, 68],
  "M1 Pro": [200, 200],
  "M1 Max": [400, 400],
  "M1 Ultra": [800, 800],
  M2: [100, 100],
  "M2 Pro": [200, 200],
  "M2 Max": [400, 400],
  "M2 Ultra": [800, 800],
  M3: [100, 100],
  "M3 Pro": [150, 150],
  "M3 Max": [300, 400],
  "M3 Ultra": [819, 819],
  M4: [120, 120],
  "M4 Pro": [273, 273],
  "M4 Max": [410, 546],
  M5: [153, 154],
  "M5 Pro": [270, 307],
  "M5 Max": [460, 614],
};

/** The chips whose bandwidth is known, oldest first, without `Apple`. */
export const chipNames: readonly string[] = Object.keys(BANDWIDTHS);

/** The chip that a text names (`m4-max`, `M4 Max`, `Apple M4 Max`). Undefined when it is not in the table. */
export function findChip(text: string): Chip | undefined {
  const name = text
    .trim()
    .toLowerCase()
    .replace(/^apple[\s-_]*/, "")
    .replaceAll(/[\s_-]+/g, " ");
  const key = chipNames.find((known) => known.toLowerCase() === name);
  const range = key === undefined ? undefined : BANDWIDTHS[key];
  if (key === undefined || range === undefined) return undefined;
  return { name: `Apple ${key}`, bandwidth: { low: range[0] * GB, high: range[1] * GB } };
}
