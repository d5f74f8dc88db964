import { flagSpecs } from "./flags.ts";

/** `*`, `?` and `[` occur in patterns and never in a ref. */
const patternMark = /[*?[]/;

/**
 * `--include "*.json" "*.txt"`, as `hf` and the ancestor take it, becomes one option a pattern; a following ref is
 * left alone.
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
