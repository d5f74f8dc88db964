import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { withErrorIndex } from "./error-index.ts";

const page = (path: string) => readFile(new URL(`../../docs/${path}`, import.meta.url), "utf8");

test("every error code is one click away from the troubleshooting page", async () => {
  const help = await page("help/troubleshooting.md");
  const errors = await page("reference/errors.md");
  const codes = [...errors.matchAll(/^## `(?<code>[^`]+)`$/gmu)].map(([, code = ""]) => code);
  const missing = codes.filter(
    (code) => !help.includes(`](../reference/errors.md#${code.replaceAll("/", "")})`),
  );
  expect(missing).toEqual([]);
  expect(codes.length).toBeGreaterThan(100);
});

test("a page without its marks is refused, and one with them keeps the rest", () => {
  expect(() => withErrorIndex("# Help\n", "")).toThrow("has no");
  const marks = "<!-- every code: pnpm docs:update writes this -->\nold\n<!-- end of it -->";
  const written = withErrorIndex(
    `# Help\n\n${marks}\nrest\n`,
    "## `a/b-c`\n\nIt broke: so. More.\n",
  );
  expect(written).toContain("- [`a/b-c`](../reference/errors.md#ab-c): It broke.");
  expect(written).toMatch(/^# Help[^]*rest\n$/u);
  expect(written).not.toContain("old");
});

test("the questions of people lead on, and name where they were asked", async () => {
  const questions = (await page("help/questions.md")).split(/^## /mu).slice(1);
  expect(questions.length).toBeGreaterThanOrEqual(10);
  for (const text of questions) {
    expect(text).toMatch(/\]\(\.\.\/[\w-]+\/[\w-]+\.md/u);
    expect(text).toContain("(Asked in [");
  }
});
