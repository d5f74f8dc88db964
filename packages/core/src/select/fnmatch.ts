/** One element of a parsed pattern. */
type Token =
  | { readonly kind: "star" }
  | { readonly kind: "any" }
  | { readonly kind: "char"; readonly char: string }
  | { readonly kind: "set"; readonly negated: boolean; readonly ranges: readonly Range[] };

/** Code points, both ends included. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/**
 * Whether the whole of `name` matches `pattern` by the rules of Python's `fnmatch.fnmatchcase`: `*` is any run of
 * characters (`/` and a leading dot are nothing special), `?` one character, `[abc]`, `[a-z]`, `[!abc]` one of or not
 * of a set. An unclosed `[` is itself, and an empty set matches nothing. There are no escapes and no braces, and case
 * counts. The worst-case time grows with the product of both lengths.
 */
export function fnmatch(name: string, pattern: string): boolean {
  return compileFnmatch(pattern)(name);
}

/** {@link fnmatch} with its pattern read once. */
export function compileFnmatch(pattern: string): (name: string) => boolean {
  const tokens = parse(Array.from(pattern));
  return (name) => matches(Array.from(name), tokens);
}

function parse(pattern: readonly string[]): readonly Token[] {
  const tokens: Token[] = [];
  for (let i = 0; i < pattern.length;) {
    const char = pattern[i] ?? "";
    const close = char === "[" ? setEnd(pattern, i) : -1;
    if (close > 0) {
      tokens.push(parseSet(pattern.slice(i + 1, close)));
      i = close + 1;
      continue;
    }
    if (char === "*") {
      if (tokens.at(-1)?.kind !== "star") tokens.push({ kind: "star" });
    } else {
      tokens.push(char === "?" ? { kind: "any" } : { kind: "char", char });
    }
    i++;
  }
  return tokens;
}

/** Index of the `]` that closes the set opened at `open`, or -1. A `]` in first place (after `!`) is a member. */
function setEnd(pattern: readonly string[], open: number): number {
  let i = open + 1;
  if (pattern[i] === "!") i++;
  if (pattern[i] === "]") i++;
  return pattern.indexOf("]", i);
}

const point = (char: string | undefined): number => char?.codePointAt(0) ?? 0;

function parseSet(text: readonly string[]): Token {
  const negated = text[0] === "!";
  const ranges: Range[] = [];
  let droppedFirst = false;
  for (let i = negated ? 1 : 0; i < text.length;) {
    const isRange = text[i + 1] === "-" && i + 2 < text.length;
    const range = { from: point(text[i]), to: point(text[isRange ? i + 2 : i]) };
    i += isRange ? 3 : 1;
    if (range.from <= range.to) ranges.push(range);
    else if (ranges.length === 0) droppedFirst = true;
  }
  const [first, ...rest] = ranges;
  if (!negated && droppedFirst && first?.from === point("!")) {
    // Python drops empty ranges before it looks for the `!`: `[z-a!x]` is `[!x]` there.
    const end = first.to === first.from ? [] : [single("-"), { from: first.to, to: first.to }];
    return { kind: "set", negated: true, ranges: [...end, ...rest] };
  }
  return { kind: "set", negated, ranges };
}

const single = (char: string): Range => ({ from: point(char), to: point(char) });

function accepts(token: Token, char: string): boolean {
  switch (token.kind) {
    case "any":
      return true;
    case "char":
      return token.char === char;
    case "set": {
      const code = point(char);
      return token.ranges.some(({ from, to }) => from <= code && code <= to) !== token.negated;
    }
    case "star":
      return false;
  }
}

/** Greedy with one step back: after a later `*` has been reached, an earlier one never needs to grow. */
function matches(name: readonly string[], tokens: readonly Token[]): boolean {
  let at = 0;
  let token = 0;
  let star = -1;
  let starAt = 0;
  while (at < name.length) {
    const current = tokens[token];
    if (current?.kind === "star") {
      star = token++;
      starAt = at;
    } else if (current && accepts(current, name[at] ?? "")) {
      at++;
      token++;
    } else if (star >= 0) {
      token = star + 1;
      at = ++starAt;
    } else {
      return false;
    }
  }
  while (tokens[token]?.kind === "star") token++;
  return token === tokens.length;
}
