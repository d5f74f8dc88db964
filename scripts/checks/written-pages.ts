import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cliReference } from "../docs/cli-reference.ts";
import type { Check } from "./check.ts";

/** The pages that are written from the source, by their path from the root. */
function pages(): ReadonlyMap<string, string> {
  return new Map([["docs/reference/cli.md", cliReference()]]);
}

/** The pages that are written from the command table say what the table says; `pnpm docs:update` rewrites them. */
export const writtenPages: Check = {
  name: "written pages are current",
  async find(root) {
    const problems = await Promise.all(
      [...pages()].map(async ([path, text]) => {
        const committed = await readFile(join(root, path), "utf8").catch(() => "");
        return committed === text ? [] : [`${path} is not current: pnpm docs:update`];
      }),
    );
    return problems.flat();
  },
};

/** Writes the pages anew. */
export async function updatePages(root: string): Promise<void> {
  for (const [path, text] of pages()) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}
