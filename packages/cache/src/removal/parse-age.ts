const MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  mo: 2_592_000_000,
  y: 31_536_000_000,
};

/**
 * The ms of an age such as `12h`, `30d`, `2w`, `6mo`, `1y` (`m` is minutes, a plain `0` is 0).
 * Undefined for other text.
 */
export function parseAge(text: string): number | undefined {
  if (text === "0") return 0;
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)(s|mo|m|h|d|w|y)$/i.exec(text) ?? [];
  const ms = Number(number) * (MS[unit.toLowerCase()] ?? Number.NaN);
  return number !== "" && ms <= Number.MAX_SAFE_INTEGER ? ms : undefined;
}
