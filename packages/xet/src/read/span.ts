/** A range, end exclusive: bytes of a file, bytes of a xorb, or chunks of a xorb by index. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The span that both have, or undefined. */
export function intersect(a: Span, b: Span): Span | undefined {
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.end, b.end);
  return start < end ? { start, end } : undefined;
}

/** What a span has of others, which are in order and apart. */
export function intersectAll(span: Span, others: readonly Span[]): readonly Span[] {
  let low = 0;
  let high = others.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((others[middle] as Span).end <= span.start) low = middle + 1;
    else high = middle;
  }
  const found: Span[] = [];
  for (let other = others[low]; other !== undefined && other.start < span.end;) {
    found.push({ start: Math.max(span.start, other.start), end: Math.min(span.end, other.end) });
    low += 1;
    other = others[low];
  }
  return found;
}

/** The same places in order, neighbours and overlaps as one. */
export function mergeSpans(spans: readonly Span[]): readonly Span[] {
  const merged: { start: number; end: number }[] = [];
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else merged.push({ start, end });
  }
  return merged;
}
