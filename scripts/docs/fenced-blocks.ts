/** A fenced block of a Markdown page. */
export interface FencedBlock {
  /** The first word of the info string: `ts`, `sh`. */
  readonly language: string;
  /** The other words of it. */
  readonly words: readonly string[];
  readonly code: string;
  /** The line of the opening fence, from 1. */
  readonly line: number;
}

/** The fenced blocks of a page (three or more backticks in column 0), in order. */
export function fencedBlocks(markdown: string): readonly FencedBlock[] {
  const blocks: FencedBlock[] = [];
  let open: { fence: string; info: string; line: number; code: string[] } | undefined;
  for (const [index, line] of markdown.split("\n").entries()) {
    if (open && line.trimEnd() === open.fence) {
      const [language = "", ...words] = open.info.split(/\s+/u);
      blocks.push({ language, words, code: `${open.code.join("\n")}\n`, line: open.line });
      open = undefined;
    } else if (open) {
      open.code.push(line);
    } else {
      const { fence, info } = /^(?<fence>`{3,})(?<info>[^`]*)$/u.exec(line)?.groups ?? {};
      if (fence !== undefined)
        open = { fence, info: (info ?? "").trim(), line: index + 1, code: [] };
    }
  }
  return blocks;
}
