import { expect, test } from "vitest";
import { displayWidth } from "../text/display-width.ts";
import { commandTable } from "../commands/table.ts";
import { flagSpecs } from "./flags.ts";
import { helpText } from "./help.ts";
import { parseCommandLine } from "./parse.ts";

const style = { color: false, unicode: true, columns: 80, table: commandTable };
const { specs: commandSpecs, commonFlags } = commandTable;

test("the overview names every command", () => {
  const text = helpText(["--help"], "1.2.3", style);
  expect(text).toContain("mlx-download 1.2.3");
  for (const { name } of commandSpecs) expect(text).toMatch(new RegExp(`^  ${name}\\b`, "m"));
});

test.each(commandSpecs)("the help of $name names every option that it takes", ({ name, flags }) => {
  const text = helpText([...name.split(" "), "--help"], "1.2.3", style);
  for (const key of [...flags, ...commonFlags]) expect(text).toContain(`--${flagSpecs[key].name}`);
});

test("every example is a command line that is understood", async () => {
  for (const { examples } of commandSpecs) {
    for (const { line } of examples) {
      const command = /mlx-download ([^)|<>]*)/.exec(line)?.[1] ?? "";
      await expect(
        parseCommandLine(command.trim().split(/ +/), commandTable),
        line,
      ).resolves.toBeDefined();
    }
  }
});

test("every example can be pasted: a shell changes nothing of it that is not meant", () => {
  for (const { examples } of commandTable.specs)
    for (const { line } of examples) {
      const unquoted = line.replaceAll(/'[^']*'|"[^"]*"|<\(|\$\(| [<>] \S+/g, "");
      expect(unquoted, line).not.toMatch(/[<>*?[{]/);
    }
});

test("every option belongs to a command", () => {
  const used = new Set([...commandSpecs.flatMap(({ flags }) => flags), ...commonFlags]);
  expect(Object.keys(flagSpecs).filter((key) => !used.has(key as keyof typeof flagSpecs))).toEqual([
    "version",
  ]);
});

test("help fits the terminal, apart from commands that cannot be broken", () => {
  for (const name of ["", ...commandSpecs.map((spec) => spec.name)]) {
    const lines = helpText(name.split(" "), "1.2.3", { ...style, columns: 60 }).split("\n");
    for (const line of lines.filter((text) => !/^ .*(?:mlx-download|mlx_lm)|^Usage/.test(text)))
      expect(displayWidth(line), line).toBeLessThanOrEqual(60);
  }
});
