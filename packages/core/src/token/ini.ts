/** Sections of an INI file: names to keys to values, as Python's `configparser` reads them without interpolation. */
export type IniSections = ReadonlyMap<string, ReadonlyMap<string, string>>;

/**
 * Reads an INI text: `[section]`, `key = value` or `key: value`, keys in lower case, lines that begin with `#` or `;`
 * and blank lines skipped. Undefined for a text that Python would refuse (a line outside a section or without a value).
 */
export function parseIni(text: string): IniSections | undefined {
  const sections = new Map<string, Map<string, string>>();
  let current: Map<string, string> | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(?:[#;].*)?$/.test(line)) continue;
    const header = /^\[(.+)\]/.exec(line)?.[1];
    if (header !== undefined) {
      if (sections.has(header)) return undefined;
      current = new Map();
      sections.set(header, current);
      continue;
    }
    const [, key, value = ""] = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*?)\s*$/.exec(line) ?? [];
    if (current === undefined || key === undefined) return undefined;
    current.set(key.toLowerCase(), value);
  }
  return sections;
}

/** Writes sections in order of their names, as the Python client does. */
export function formatIni(sections: IniSections): string {
  return [...sections]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, values]) => {
      const lines = [...values].map(([key, value]) => `${key} = ${value}\n`);
      return `[${name}]\n${lines.join("")}\n`;
    })
    .join("");
}
