/** A name that is read word by word: words that were understood are blanked, so that no rule sees it twice. */
export interface NameText {
  /** The words that no rule has taken yet, in lower case, the rest blanked. */
  readonly rest: string;
  /** Every match of a global pattern (its whole text), blanked from now on. */
  takeAll(pattern: RegExp): string[];
  /** The matches themselves, for patterns with groups. */
  takeMatches(pattern: RegExp): RegExpExecArray[];
}

/** Starts reading `name`. */
export function createNameText(name: string): NameText {
  let rest = name.toLowerCase();
  const takeMatches = (pattern: RegExp): RegExpExecArray[] => {
    // Not matchAll: it compiles a copy of the pattern at every call, which is most of the time and memory of a long list.
    const found: RegExpExecArray[] = [];
    pattern.lastIndex = 0;
    for (let match = pattern.exec(rest); match; match = pattern.exec(rest)) {
      found.push(match);
      if (match[0] === "") pattern.lastIndex += 1;
    }
    for (const { index, 0: text } of found) {
      rest = rest.slice(0, index) + " ".repeat(text.length) + rest.slice(index + text.length);
    }
    return found;
  };
  return {
    get rest() {
      return rest;
    },
    takeMatches,
    takeAll: (pattern) => takeMatches(pattern).map(([text]) => text),
  };
}
