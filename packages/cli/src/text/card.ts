import { displayWidth, padEnd, wrapWords } from "./display-width.ts";
import { printable } from "./printable.ts";
import { paint, type Tone } from "./style.ts";
import type { TableStyle } from "./table.ts";

/** One subject of a card. An empty label continues the one above. */
export interface CardRow {
  readonly label: string;
  readonly text: string;
  /** A word in front that stands out. */
  readonly verdict?: { readonly text: string; readonly tone: Tone };
}

/** From here on a card is as wide as its text: in pipes too, so that lines stay whole for `grep`. */
const narrow = 60;

/**
 * Labels in a column of their own, text beside them and wrapped under itself. In narrow terminals
 * the label stands above. Without `columns` (pipes) nothing is wrapped.
 */
export function renderCard(rows: readonly CardRow[], style: TableStyle): string[] {
  const { columns = Number.POSITIVE_INFINITY } = style;
  const widest = Math.max(...rows.map(({ label }) => displayWidth(label)));
  const indent = columns < narrow ? 2 : widest + 2;
  return rows.flatMap(({ label, text, verdict }) => {
    const plain = printable([verdict?.text, text].filter(Boolean).join("  "));
    const lines = Number.isFinite(columns)
      ? wrapWords(plain, Math.max(20, columns - 1 - indent))
      : [plain];
    const shown = lines.map((line, at) =>
      at === 0 && verdict
        ? paint(style, verdict.tone, verdict.text) + line.slice(verdict.text.length)
        : line,
    );
    const padding = " ".repeat(indent);
    const head = paint(style, "label", label);
    if (columns < narrow) {
      return [...(label === "" ? [] : [head]), ...shown.map((line) => padding + line)];
    }
    const start = `${head}${padEnd("", indent - displayWidth(label))}`;
    return shown.map((line, at) => `${at === 0 ? start : padding}${line}`.trimEnd());
  });
}
