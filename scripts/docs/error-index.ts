/** Stand around the part of a page that is written from the error reference. */
const [START, END] = ["<!-- every code: pnpm docs:update writes this -->", "<!-- end of it -->"];

/**
 * `page` (docs/help/troubleshooting.md) with a line for each code of `errors` (docs/reference/errors.md): the code as a link to its
 * entry, and the entry's first sentence, so that a code that somebody has seen is one click away. Throws without the marks.
 */
export function withErrorIndex(page: string, errors: string): string {
  const [before, rest] = page.split(START);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`the page has no ${START}`);
  const groups = new Map<string, string[]>();
  for (const { groups: found = {} } of errors.matchAll(
    /^## `(?<code>[^`]+)`\n\n(?<text>[^\n]+(?:\n[^\n]+)*)/gmu,
  )) {
    const { code = "", text = "" } = found;
    const kind = code.split("/")[0] ?? "";
    const anchor = code.replaceAll("/", "");
    const line = `- [\`${code}\`](../reference/errors.md#${anchor}): ${firstSentence(text)}`;
    groups.set(kind, [...(groups.get(kind) ?? []), line]);
  }
  const lists = [...groups].map(([kind, lines]) => `### \`${kind}/…\`\n\n${lines.join("\n")}\n`);
  return `${before}${START}\n\n${lists.join("\n")}\n${END}${after}`;
}

function firstSentence(text: string): string {
  const line = text.replaceAll("\n", " ");
  return /^.*?[.:](?=\s|$)/u.exec(line)?.[0].replace(/:$/u, ".") ?? line;
}
