import { flagSpecs } from "./flags.ts";
import type { GivenWords } from "./parse-words.ts";

/**
 * Reads operands and switches in their long form. Returns undefined for everything else. The result
 * agrees with the full parser and saves loading it, a third of the run time of `path`.
 */
export function readPlainWords(argv: readonly string[]): GivenWords | undefined {
  const switches = new Map(
    Object.values(flagSpecs)
      .filter(({ type }) => type === "switch")
      .flatMap(({ name, aliases = [] }) =>
        [name, ...aliases].map((word) => [word.length === 1 ? `-${word}` : `--${word}`, name]),
      ),
  );
  const words: string[] = [];
  const given: Record<string, true> = {};
  for (const word of argv) {
    const name = switches.get(word);
    if (name !== undefined) given[name] = true;
    // A switch takes these for its value.
    else if (word.startsWith("-") || word === "true" || word === "false") return undefined;
    else words.push(word);
  }
  return { ...given, _: words };
}

/** Reads the words after the program's name, commands and options alike. Throws `cli/usage`. */
export async function readWords(argv: readonly string[]): Promise<GivenWords> {
  const plain = readPlainWords(argv);
  if (plain !== undefined) return plain;
  const { parseWords } = await import("./parse-words.ts");
  return parseWords(argv);
}
