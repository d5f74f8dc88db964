import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { exitCodes } from "../../packages/cli/src/failure/exit-code.ts";

test("the error reference names the exit code that the command line gives every error", async () => {
  const page = await readFile(new URL("../../docs/reference/errors.md", import.meta.url), "utf8");
  const documented = page
    .split(/^## /mu)
    .slice(1)
    .map((section) => [
      /^`(?<code>[^`]+)`/u.exec(section)?.groups?.["code"],
      Number(/Exit code (?<exit>\d+)/u.exec(section)?.groups?.["exit"]),
    ]);
  expect(Object.fromEntries(documented)).toEqual(exitCodes);
});
