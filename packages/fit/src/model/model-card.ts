/** The facts in the front matter of a model card. */
export interface ModelCard {
  readonly license: string | undefined;
  readonly baseModels: readonly string[];
  readonly libraryName: string | undefined;
  readonly tags: readonly string[];
}

// Far above any real front matter.
const MAX_CHARACTERS = 200_000;

/** Reads the fields that matter here from the front matter (YAML between two `---` lines) of a model card. */
export function readModelCard(card: string | undefined): ModelCard {
  const yaml = card?.slice(0, MAX_CHARACTERS).match(/^---\r?\n([\s\S]*?)\r?\n---/)?.[1] ?? "";
  const lines = yaml.split(/\r?\n/);
  return {
    license: valuesOf(lines, "license")[0],
    baseModels: valuesOf(lines, "base_model"),
    libraryName: valuesOf(lines, "library_name")[0],
    tags: valuesOf(lines, "tags"),
  };
}

/** The value of `key`, or the items of its list (one a line, or in brackets). */
function valuesOf(lines: readonly string[], key: string): readonly string[] {
  const at = lines.findIndex((line) => line.startsWith(`${key}:`));
  if (at < 0) return [];
  const own = (lines[at] ?? "").slice(key.length + 1).trim();
  if (own.startsWith("[")) {
    return own
      .replace(/^\[|\]\s*$/g, "")
      .split(",")
      .map(plain)
      .filter(Boolean);
  }
  if (own !== "") return [plain(own)].filter(Boolean);
  const items: string[] = [];
  for (const line of lines.slice(at + 1)) {
    const item = /^\s*-\s+(.*)$/.exec(line)?.[1];
    if (item === undefined) {
      if (/^\s*(?:#.*)?$/.test(line)) continue;
      break;
    }
    items.push(plain(item));
  }
  return items.filter(Boolean);
}

const plain = (text: string): string =>
  text
    .trim()
    .replace(/^(["'])(.*)\1$/, "$2")
    .slice(0, 500);
