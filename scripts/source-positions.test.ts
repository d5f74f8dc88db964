import { SourceMap } from "node:module";
import { rolldown } from "rolldown";
import { tempDir, writeTree } from "@mlx-download/test-utils";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sourcePositions } from "./source-positions.ts";

test("a place in a minified chunk leads to its line, and code of others leads nowhere", async () => {
  const root = await tempDir();
  const lines = ["import { theirs } from '../../../foreign/b.js';", "", "const first = () => {"];
  await writeTree(root, {
    "packages/own/src/a.js": [
      ...lines,
      "  throw new Error('here');",
      "};",
      "",
      "console.log(theirs, first);",
    ].join("\n"),
    "foreign/b.js": "export const theirs = () => { throw new RangeError('there') };\n",
  });
  const bundle = await rolldown({ cwd: root, input: "packages/own/src/a.js", logLevel: "silent" });
  const dist = join(root, "packages/own/dist");
  const { output } = await bundle.write({ dir: dist, sourcemap: "hidden", minify: true });
  await bundle.close();
  const chunks = output.filter((one) => one.type === "chunk");
  const [chunk] = chunks;
  const code = chunk?.code ?? "";
  const positions = sourcePositions(chunks, { dist, root });
  const map = new SourceMap({
    file: "",
    sourceRoot: "",
    sourcesContent: [],
    ...positions[chunk?.fileName ?? ""],
  } as unknown as ConstructorParameters<typeof SourceMap>[0]);
  const place = (text: string): object => map.findEntry(0, code.indexOf(text));
  expect(code.split("\n").filter((line) => line !== "")).toHaveLength(1);
  expect(place("Error(`here`")).toMatchObject({
    originalSource: "packages/own/src/a.js",
    originalLine: 3,
  });
  expect(place("console.log")).toMatchObject({ originalLine: 6 });
  expect(place("RangeError")).not.toHaveProperty("originalSource", expect.any(String));
  expect(positions[chunk?.fileName ?? ""]?.sources).toEqual(["packages/own/src/a.js"]);
});
