import { Parser } from "yargs/helpers";
import type { FlagSpec } from "./flags/flag-spec.ts";
import { flagSpecs } from "./flags.ts";
import { separatePatterns } from "./separate-patterns.ts";
import { usage } from "./usage.ts";

/** The parsed words: operands in `_`, and the values of each option under its name. */
export type GivenWords = Readonly<Record<string, unknown>> & { readonly _: readonly string[] };

/** Reads every form of options there is. Throws `cli/usage`. */
export function parseWords(argv: readonly string[]): GivenWords {
  const specs = Object.values(flagSpecs);
  const named = (...types: readonly FlagSpec["type"][]): string[] =>
    specs.filter(({ type }) => types.includes(type)).map(({ name }) => name);
  const { argv: parsed, error } = Parser.detailed(separatePatterns(argv), {
    alias: Object.fromEntries(specs.map(({ name, aliases = [] }) => [name, [...aliases]])),
    boolean: named("switch"),
    string: named("text", "count", "port", "bytes", "rate", "list"),
    array: named("list"),
    configuration: {
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "duplicate-arguments-array": true,
      "greedy-arrays": false,
      "parse-numbers": false,
      "parse-positional-numbers": false,
      "strip-aliased": true,
    },
  });
  if (error) throw usage(error.message, "See mlx-download --help.");
  return { ...parsed, _: parsed._.map(String) };
}
