import { tempDir, writeTree } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { errorDocs } from "./error-docs.ts";

const source = `export type CacheErrorCode =
  | "cache/locked"
  | "cache/not-found";

export type Other = "other/not-a-code";
`;

async function problemsOf(page: string): Promise<readonly string[]> {
  const root = await tempDir();
  await writeTree(root, {
    "packages/cache/src/names/errors.ts": source,
    "docs/reference/errors.md": page,
  });
  return errorDocs.find(root);
}

test("a page with one heading a code is fine", async () => {
  const page = "# Errors\n\n## `cache/locked`\n\nText.\n\n## `cache/not-found`\n";
  expect(await problemsOf(page)).toEqual([]);
});

test("a code without a heading is found", async () => {
  expect(await problemsOf("## `cache/locked`\n")).toEqual([
    "packages/cache/src/names/errors.ts: cache/not-found has no heading in docs/reference/errors.md",
  ]);
});

test("a heading without a code and a heading that comes twice are found", async () => {
  const page = "## `cache/locked`\n## `cache/not-found`\n## `cache/gone`\n## `cache/locked`\n";
  expect(await problemsOf(page)).toEqual([
    "docs/reference/errors.md: no package knows the code cache/gone",
    "docs/reference/errors.md: cache/locked has two headings",
  ]);
});
