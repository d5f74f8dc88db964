/** A parsed `Content-Range: bytes start-end/total` (RFC 9110 §14.4). */
export interface ContentRange {
  readonly start: number;
  /** Exclusive, unlike the header's. */
  readonly end: number;
  /** Undefined for `*`. */
  readonly total: number | undefined;
}

/** Reads a `Content-Range`, with or without its unit. Undefined when it is absent, malformed or contradicts itself. */
export function parseContentRange(header: string | undefined): ContentRange | undefined {
  const match = header?.trim().match(/^(?:bytes[ =])?(\d{1,16})-(\d{1,16})\/(\d{1,16}|\*)$/i);
  if (!match) return undefined;
  const start = Number(match[1]);
  const end = Number(match[2]) + 1;
  const total = match[3] === "*" ? undefined : Number(match[3]);
  if (end <= start || (total !== undefined && end > total)) return undefined;
  return { start, end, total };
}
