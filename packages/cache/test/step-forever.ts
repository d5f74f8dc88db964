import { takeStep } from "./cache-steps.ts";

// Does steps from a seed, a line on stdout for each, until it is killed.
const [cacheDir = "", seed = "1"] = process.argv.slice(2);
let state = Number(seed);
function next(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}
const kinds = [
  "publish",
  "publish",
  "publish",
  "remove",
  "removeRepo",
  "pin",
  "unpin",
  "prune",
  "evict",
] as const;
for (;;) {
  const kind = kinds[next(kinds.length)] ?? "prune";
  const step = {
    do: kind,
    repo: next(3),
    commit: next(4),
    ref: next(2) === 0,
    maxBytes: next(1500),
  };
  await takeStep(cacheDir, step);
  process.stdout.write(".\n");
}
