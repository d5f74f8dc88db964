import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { exitCodes } from "../../packages/cli/src/failure/exit-code.ts";

test("the error reference names the exit code that the command line gives every error", async () => {
  const page = await readFile(new URL("../../docs/reference/errors.md", import.meta.url), "utf8");
  const documented = new Map<string, number>();
  for (const section of page.split(/^## /mu).slice(1)) {
    const { code = "" } = /^`(?<code>[^`]+)`/u.exec(section)?.groups ?? {};
    const { exit } = /Exit\s+code\s+(?<exit>\d+)/u.exec(section)?.groups ?? {};
    if (exit !== undefined) documented.set(code, Number(exit));
  }
  expect(Object.fromEntries(documented)).toEqual(exitCodes);
});
