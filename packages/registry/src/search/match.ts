/** A term of FTS5's query language that means these letters and nothing else. */
export function quoteTerm(term: string): string {
  return `"${term.replaceAll('"', '""')}"`;
}

/** All words, the last one perhaps cut. `qwen3` finds `Qwen-3` too: the index has neighbours joined. */
export function matchWords(words: readonly string[]): string {
  return words
    .map((word, at) => quoteTerm(word) + (at === words.length - 1 ? "*" : ""))
    .join(" AND ");
}
