import { paint, type Style } from "../text/style.ts";

/** The bytes that a bar shows: present before this run, added by this run, and the total. */
export interface BarParts {
  readonly here: number;
  readonly came: number;
  readonly whole: number;
}

const unicode = { here: "═", came: "━", half: "╸", rest: "─" };
const ascii = { here: "=", came: "#", half: "", rest: "-" };

/**
 * A bar of exactly `columns` columns. Bytes from before this run look different from new ones,
 * without colours too.
 */
export function renderBar(parts: BarParts, columns: number, style: Style): string {
  const marks = style.unicode ? unicode : ascii;
  const share = (bytes: number): number =>
    parts.whole <= 0 ? columns : Math.min(columns, (bytes / parts.whole) * columns);
  const filled = share(parts.here + parts.came);
  const here = Math.min(Math.round(share(parts.here)), Math.floor(filled));
  const full = Math.floor(filled);
  const half = filled - full >= 0.5 ? marks.half : "";
  return (
    paint(style, "here", marks.here.repeat(here)) +
    paint(style, "good", marks.came.repeat(full - here) + half) +
    paint(style, "quiet", marks.rest.repeat(columns - full - half.length))
  );
}
