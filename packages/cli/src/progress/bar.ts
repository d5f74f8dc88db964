import { paint, type Style } from "../text/style.ts";

/** What a bar shows of one whole: bytes that were here before this run, bytes that came, and all. */
export interface BarParts {
  readonly here: number;
  readonly came: number;
  readonly whole: number;
}

const unicode = { here: "═", came: "━", half: "╸", rest: "─" };
const ascii = { here: "=", came: "#", half: "", rest: "-" };

/** A bar of exactly `columns` columns; what was here before looks different from what came, without colours too. */
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
