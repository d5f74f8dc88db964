import { tempDir, writeTree } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { innerImportProblems } from "./inner-imports.ts";

const ORDER = { cache: ["publish", "disk", "names", "errors.ts"] };

/** Problems in a workspace whose package `cache` (or the named one) holds these files. */
async function problemsOf(
  files: Readonly<Record<string, string>>,
  folder = "cache",
): Promise<readonly string[]> {
  const root = await tempDir();
  const paths = Object.entries(files).map(([path, text]) => [`packages/${folder}/${path}`, text]);
  await writeTree(root, {
    [`packages/${folder}/package.json`]: JSON.stringify({ name: `@mlx-download/${folder}` }),
    ...(Object.fromEntries(paths) as Record<string, string>),
  });
  return innerImportProblems(root, ORDER);
}

const importing = (...paths: readonly string[]): string =>
  paths.map((path, index) => `import { x${index} } from "${path}";\n`).join("");

test("imports down the folders, within one, and from the top are fine", async () => {
  const problems = await problemsOf({
    "src/index.ts": `export { a } from "./publish/a.ts";\n${importing("./names/c.ts")}`,
    "src/publish/a.ts": importing("./b.ts", "../names/c.ts", "../errors.ts", "node:fs"),
    "src/publish/b.ts": importing("../disk/d.ts"),
    "src/disk/d.ts": importing("../names/c.ts"),
    "src/names/c.ts": importing("../errors.ts"),
    "src/errors.ts": "export const x0 = 1;\n",
  });
  expect(problems).toEqual([]);
});

test.each([
  ["values", `import { b } from "../names/b.ts";\n`, `export { a } from "../names/a.ts";\n`],
  ["types", `import type { B } from "./b.ts";\n`, `import type { A } from "./a.ts";\n`],
  ["a type in an expression", importing("./b.ts"), `type A = import("./a.ts").A;\n`],
  ["a dynamic import", importing("./b.ts"), `const a = await import("./a.ts");\n`],
])("a circle of two files by %s is found, once", async (_what, a, b) => {
  expect(await problemsOf({ "src/names/a.ts": a, "src/names/b.ts": b })).toEqual([
    "packages/cache/src: a circle: names/a.ts → names/b.ts → names/a.ts",
  ]);
});

test("a long circle is shown whole, by its shortest way, and two circles are two problems", async () => {
  const problems = await problemsOf({
    "src/names/a.ts": importing("./b.ts"),
    "src/names/b.ts": importing("./c.ts", "./d.ts"),
    "src/names/c.ts": importing("./e.ts"),
    "src/names/d.ts": importing("./a.ts"),
    "src/names/e.ts": "",
    "src/disk/x.ts": importing("./y.ts"),
    "src/disk/y.ts": importing("./x.ts"),
  });
  expect(problems).toEqual([
    "packages/cache/src: a circle: disk/x.ts → disk/y.ts → disk/x.ts",
    "packages/cache/src: a circle: names/a.ts → names/b.ts → names/d.ts → names/a.ts",
  ]);
});

test("a file that imports itself is a circle", async () => {
  expect(await problemsOf({ "src/names/a.ts": importing("./a.ts") })).toEqual([
    "packages/cache/src: a circle: names/a.ts → names/a.ts",
  ]);
});

test.each([
  ["values", `import { a } from "../publish/a.ts";\n`],
  ["types", `import type { A } from "../publish/a.ts";\n`],
])("an import of %s up the folders is found", async (_what, text) => {
  expect(await problemsOf({ "src/disk/d.ts": text, "src/publish/a.ts": "" })).toEqual([
    "packages/cache/src/disk/d.ts: imports publish/a.ts, which stands above it",
  ]);
});

test("an import of a file that stands above all folders is found, of one that has a place below is not", async () => {
  expect(
    await problemsOf({
      "src/names/a.ts": importing("../errors.ts", "../index.ts"),
      "src/errors.ts": "",
      "src/index.ts": "",
    }),
  ).toEqual(["packages/cache/src/names/a.ts: imports index.ts, which stands above it"]);
});

test("a folder without a place is found, and a package with folders without an order", async () => {
  expect(await problemsOf({ "src/lost/a.ts": "" })).toEqual([
    "packages/cache/src/lost: has no place in scripts/checks/folder-order.ts",
  ]);
  expect(await problemsOf({ "src/some/a.ts": "" }, "extra")).toEqual([
    "packages/extra/src: no order of its folders in scripts/checks/folder-order.ts",
  ]);
  expect(await problemsOf({ "src/a.ts": "" }, "extra")).toEqual([]);
});

test("tests may import whatever they try", async () => {
  expect(
    await problemsOf({
      "src/names/a.test.ts": importing("../publish/p.ts"),
      "src/publish/p.ts": "",
    }),
  ).toEqual([]);
});
