import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parseCommandLine } from "../../packages/cli/src/command-line/parse.ts";
import { commandTable } from "../../packages/cli/src/commands/table.ts";
import { fencedBlocks } from "./fenced-blocks.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The words of each `mlx-download` in a line of shell, up to a pipe, a redirection or a comment. */
function commandsOf(line: string): readonly (readonly string[])[] {
  const pattern = /(?:^|[\s(])(?:npx (?:--yes )?)?mlx-download(?<words>(?: [^|>#;&)]*)?)/gu;
  return [...line.replace(/(?:^|\s)#.*$/u, "").matchAll(pattern)].map(({ groups }) =>
    [...(groups?.["words"] ?? "").matchAll(/'([^']*)'|"([^"]*)"|[^\s'"]+/gu)].map(
      ([whole, single, double]) => single ?? double ?? whole,
    ),
  );
}

test("every command that a page shows is one that the command line understands", async () => {
  const wrong: string[] = [];
  let seen = 0;
  for await (const page of glob(["README.md", "docs/**/*.md", "packages/*/README.md"], {
    cwd: root,
  })) {
    for (const { language, code } of fencedBlocks(await readFile(join(root, page), "utf8"))) {
      if (language !== "sh") continue;
      for (const words of code.replaceAll("\\\n", " ").split("\n").flatMap(commandsOf)) {
        if (words.length === 0 || words.some((word) => /[<>…$`]/u.test(word))) continue;
        seen += 1;
        await parseCommandLine(words, commandTable).catch((error: unknown) =>
          wrong.push(`${page}: mlx-download ${words.join(" ")}: ${String(error)}`),
        );
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(seen).toBeGreaterThan(100);
});
