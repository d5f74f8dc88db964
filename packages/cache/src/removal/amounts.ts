const POWERS: Readonly<Record<string, number>> = { "": 0, k: 1, m: 2, g: 3, t: 4, p: 5 };
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
 * The bytes of an amount such as `500M`, `1.5GB` or `64GiB`. Units are decimal, as on the Hub, unless
 * they contain `i`. Undefined for other text, and above `Number.MAX_SAFE_INTEGER`.
 */
export function parseBytes(text: string): number | undefined {
  const [, number = "", unit = "", binary] =
    /^(\d+(?:\.\d+)?) ?([kmgtp]?)(i?)b?$/i.exec(text) ?? [];
  const power = POWERS[unit.toLowerCase()];
  if (number === "" || power === undefined || (power === 0 && binary)) return undefined;
  const bytes = Math.round(Number(number) * (binary ? 1024 : 1000) ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

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
