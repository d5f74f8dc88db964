import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { commandSpecs } from "../../packages/cli/src/command-line/commands.ts";
import { flagSpecs } from "../../packages/cli/src/command-line/flags.ts";

test("the reference of the command line names the options that there are, and no others", async () => {
  const url = new URL("../../docs/reference/command-line.md", import.meta.url);
  const page = await readFile(url, "utf8");
  const documented = new Set(page.match(/(?<=--)[a-z][a-z-]+/gu));
  const there = Object.values(flagSpecs);
  expect(there.map(({ name }) => name).filter((name) => !documented.has(name))).toEqual([]);
  const spellings = new Set(there.flatMap(({ name, aliases = [] }) => [name, ...aliases]));
  expect([...documented].filter((name) => !spellings.has(name))).toEqual([]);
});

test("the reference of the command line names every command", async () => {
  const url = new URL("../../docs/reference/command-line.md", import.meta.url);
  const page = await readFile(url, "utf8");
  const commands = commandSpecs.map(({ name }) => name);
  expect(commands.filter((name) => !page.includes(`| \`${name}`))).toEqual([]);
});
