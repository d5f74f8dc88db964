let segmenter: Intl.Segmenter | undefined;

/** The graphemes of a text. The segmenter is made when first asked for: it costs 19 ms, and most texts are ASCII. */
function graphemesOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return segmenter.segment(text);
}

/** East Asian Wide and Fullwidth ranges (Unicode 17 EastAsianWidth.txt, joined where only unassigned code points lie between). */
const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18dff],
  [0x1aff0, 0x1b2ff],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];

function graphemeWidth(grapheme: string): number {
  const code = grapheme.codePointAt(0) ?? 0;
  if (/^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u.test(grapheme)) return 0;
  if (/\p{Emoji_Presentation}|\uFE0F/u.test(grapheme)) return 2;
  // Halfwidth Katakana sound marks join their letter in a grapheme and still take a column.
  const marks = grapheme.length - grapheme.replaceAll(/[\uff9e\uff9f]/g, "").length;
  if (marks > 0) return Math.max(1, marks + (/^[\uff9e\uff9f]/.test(grapheme) ? 0 : 1));
  return wide.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** How many terminal columns a text without control characters takes. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemesOf(text)) width += graphemeWidth(segment);
  return width;
}

/** The longest start of `text` that takes at most `columns`. */
function takeStart(text: string, columns: number): string {
  let taken = "";
  let width = 0;
  for (const { segment } of graphemesOf(text)) {
    width += graphemeWidth(segment);
    if (width > columns) break;
    taken += segment;
  }
  return taken;
}

function takeEnd(text: string, columns: number): string {
  let taken = "";
  let width = 0;
  for (const { segment } of [...graphemesOf(text)].toReversed()) {
    width += graphemeWidth(segment);
    if (width > columns) break;
    taken = segment + taken;
  }
  return taken;
}

/**
 * `text` in at most `columns`, shortened in the middle so that both the folder and the end of a file name stay
 * readable.
 */
export function truncateMiddle(text: string, columns: number, ellipsis = "…"): string {
  if (displayWidth(text) <= columns) return text;
  const room = columns - displayWidth(ellipsis);
  if (room <= 0) return takeStart(ellipsis, Math.max(0, columns));
  const start = takeStart(text, Math.floor(room * 0.5));
  return start + ellipsis + takeEnd(text, room - displayWidth(start));
}

/** `text` in at most `columns`, its end cut off. */
export function truncateEnd(text: string, columns: number, ellipsis = "…"): string {
  if (displayWidth(text) <= columns) return text;
  return takeStart(text, Math.max(0, columns - displayWidth(ellipsis))) + ellipsis;
}

/** `text` padded with spaces to `columns`. Longer text is unchanged. */
export function padEnd(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - displayWidth(text)));
}

/** `text` moved right to end at `columns`. */
export function padStart(text: string, columns: number): string {
  return " ".repeat(Math.max(0, columns - displayWidth(text))) + text;
}

/**
 * `text` broken at spaces into lines of at most `columns`. A number is never separated from its
 * unit. Every line but the first starts with `indent` spaces.
 */
export function wrapWords(text: string, columns: number, indent = 0): string[] {
  const joinedUnits = text.replaceAll(/(\d) (?=(?:[kMGTP]?B|s)\b)/g, "$1\u00a0");
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of joinedUnits.split(" ")) {
    const joined: string = line === undefined ? word : `${line} ${word}`;
    if (line === undefined || line.trim() === "" || displayWidth(joined) <= columns) line = joined;
    else {
      lines.push(line.trimEnd());
      line = " ".repeat(indent) + word;
    }
  }
  return [...lines, line ?? ""].map((part) => part.replaceAll("\u00a0", " "));
}
