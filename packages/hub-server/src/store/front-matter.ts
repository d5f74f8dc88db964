/** A value of a model card's front matter. */
export type CardValue = string | boolean | readonly string[];

/**
 * The front matter of a README, as far as the Hub's listing uses it: `key: value`, `key: [a, b]` and `key:` with a list
 * of `- item` lines. Nested mappings and block texts are left out, so this is no YAML parser.
 */
export function readFrontMatter(readme: string): Readonly<Record<string, CardValue>> {
  const block = /^---\r?\n([\s\S]*?)\r?\n---(?:\r?\n|$)/.exec(readme)?.[1];
  const card: Record<string, CardValue> = Object.create(null);
  let list: { key: string; items: string[] } | undefined;
  for (const line of block?.split(/\r?\n/) ?? []) {
    const item = /^\s*-\s+(.*)$/.exec(line)?.[1];
    if (item !== undefined && list) {
      list.items.push(scalar(item));
      card[list.key] = list.items;
      continue;
    }
    list = undefined;
    const [, key = "", value = ""] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
    if (key === "") continue;
    if (value === "") list = { key, items: [] };
    else card[key] = readValue(value);
  }
  return card;
}

function readValue(text: string): CardValue {
  const inline = /^\[(.*)\]$/.exec(text.trim())?.[1];
  if (inline !== undefined) return inline.split(",").map(scalar).filter(Boolean);
  const value = scalar(text);
  return value === "true" ? true : value === "false" ? false : value;
}

function scalar(text: string): string {
  return text.trim().replace(/^(["'])(.*)\1$/, "$2");
}
