import { flagSpecs } from "./flags.ts";

/** `*`, `?` and `[` occur in patterns and never in a ref. */
const patternMark = /[*?[]/;

/**
 * Turns `--include "*.json" "*.txt"`, as `hf` accepts it, into one option per pattern. A ref that
 * follows is left alone.
 */
export function separatePatterns(argv: readonly string[]): string[] {
  const names = [flagSpecs.include, flagSpecs.exclude].flatMap((spec) => [
    spec.name,
    ...(spec.aliases ?? []),
  ]);
  const result: string[] = [];
  let option: string | undefined;
  let first = true;
  for (const [at, word] of argv.entries()) {
    if (word === "--") return [...result, ...argv.slice(at)];
    if (word.startsWith("-")) {
      option = names
        .map((name) => `--${name}`)
        .find((name) => word === name || word.startsWith(`${name}=`));
      first = !word.includes("=");
      result.push(word);
    } else if (option !== undefined && !first && patternMark.test(word)) result.push(option, word);
    else {
      if (!first) option = undefined;
      first = false;
      result.push(word);
    }
  }
  return result;
}
