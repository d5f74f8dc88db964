import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { exitCodeOf } from "./exit-code-of.ts";
import { exitCodes } from "./exit-code.ts";

test("every code exits as the error reference says", async () => {
  const page = new URL("../../../../docs/reference/errors.md", import.meta.url);
  const sections = (await readFile(page, "utf8")).split(/^## /m).slice(1);
  const documented = Object.fromEntries(
    sections.map((section) => [
      /^`([^`]+)`/.exec(section)?.[1],
      Number(/Exit\s+code\s+(\d+)/.exec(section)?.[1]),
    ]),
  );
  expect(documented).toMatchObject(exitCodes);
});

test("an unknown error exits with 1", () => {
  expect(exitCodeOf("ENOENT")).toBe(1);
  expect(exitCodeOf("toString")).toBe(1);
});
