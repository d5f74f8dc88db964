import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { withErrorIndex } from "../docs/error-index.ts";
import { cliReference } from "../docs/cli-reference.ts";
import { manPage } from "../docs/man-page.ts";
import type { Check } from "./check.ts";

/** The pages that are written from the source, by their path from the root. */
async function pages(root: string): Promise<ReadonlyMap<string, string>> {
  const exitCodes = await readFile(join(root, "docs/reference/exit-codes.md"), "utf8");
  const help = await readFile(join(root, "docs/help/troubleshooting.md"), "utf8");
  const errors = await readFile(join(root, "docs/reference/errors.md"), "utf8");
  return new Map([
    ["docs/help/troubleshooting.md", withErrorIndex(help, errors)],
    ["docs/reference/cli.md", cliReference()],
    ["packages/cli/man/mlx-download.1", manPage(exitCodes)],
  ]);
}

/** The pages that are written from the command table and the error reference say what these say; `pnpm docs:update` rewrites them. */
export const writtenPages: Check = {
  name: "written pages are current",
  async find(root) {
    const problems = await Promise.all(
      [...(await pages(root))].map(async ([path, text]) => {
        const committed = await readFile(join(root, path), "utf8").catch(() => "");
        return committed === text ? [] : [`${path} is not current: pnpm docs:update`];
      }),
    );
    return problems.flat();
  },
};

/** Writes the pages anew. */
export async function updatePages(root: string): Promise<void> {
  for (const [path, text] of await pages(root)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}
