import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";

const read = (path: string): Promise<string> =>
  readFile(new URL(`../../docs/reference/${path}`, import.meta.url), "utf8");

test("every function of the table of tasks is exported by the entry that the table names", async () => {
  const table = await read("which-function.md");
  const rows = [
    ...table.matchAll(
      /^\| [^|`]+(?:`[^`]+`[^|`]*)?\| (?<names>[^|]+) \| `(?<entry>@[^`]+)` +\|$/gmu,
    ),
  ];
  const lines = table.split("\n").filter((line) => line.includes("`@mlx-download/"));
  expect(rows).toHaveLength(lines.length);
  const missing: string[] = [];
  for (const { groups } of rows) {
    const [names = "", entry = ""] = [groups?.["names"], groups?.["entry"]];
    // The API pages are held against the built packages by a check.
    const page = await read(`api/${entry.split("/")[1]}.md`);
    const section = page.split(/^## /mu).find((part) => part.startsWith(`${entry}\n`)) ?? "";
    const exported = section.split("### Mentioned, not exported")[0] ?? "";
    for (const [, name] of names.matchAll(/`([^`]+)`/gu))
      if (!exported.includes(`\n#### ${name}\n`)) missing.push(`${entry}: ${name}`);
  }
  expect(missing).toEqual([]);
});
