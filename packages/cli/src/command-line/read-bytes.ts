const factors: Readonly<Record<string, number>> = {
  "": 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
};

/**
 * Parses `500M`, `1.5GB` or `64GiB` into bytes. Units are decimal, as on the Hub, unless they
 * contain `i`. Returns undefined for other text.
 */
export function readBytes(text: string): number | undefined {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?) ?([kmgt]?i?)b?$/i.exec(text) ?? [];
  const factor = factors[unit.toLowerCase()];
  const bytes = Math.round(Number(number) * (factor ?? Number.NaN));
  return number !== "" && Number.isSafeInteger(bytes) ? bytes : undefined;
}
