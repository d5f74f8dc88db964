import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { scriptPython } from "./script-python.ts";

test.each([
  ["#!/opt/env/bin/python3.12\nimport sys\n", "/opt/env/bin/python3.12"],
  ["#!/bin/sh\n'''exec' \"/My Env/bin/python\" \"$0\" \"$@\"\n' '''\n", "/My Env/bin/python"],
  ["#!/bin/sh\n'''exec' /long/env/bin/python3 \"$0\" \"$@\"\n' '''\n", "/long/env/bin/python3"],
  ["#!/bin/sh\nexec something else\n", undefined],
  ["#!/usr/bin/env python3\n", undefined],
  ["\u007fELF", undefined],
  ["", undefined],
])("of %j the interpreter is %s", async (text, python) => {
  const folder = await tempDir();
  await writeFile(join(folder, "tool"), text);
  expect(scriptPython("tool", { PATH: `relative:/nowhere:${folder}` })).toBe(python);
});
