import { join, relative, sep } from "node:path";
import { tempDir, writeTree } from "@mlx-download/test-utils";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";
import { directImports } from "./direct-imports.ts";

/** The modules that a build reads for `main.ts` of a package beside one whose index has two modules. */
async function readFor(main: string): Promise<readonly string[]> {
  const root = await tempDir();
  await writeTree(root, {
    "packages/own/package.json": JSON.stringify({
      exports: { ".": { "@mlx-download/source": "./src/index.ts" } },
    }),
    "packages/own/src/index.ts": [
      `export { small, type Small } from "./small.ts";`,
      `export { large } from "./large.ts";`,
    ].join("\n"),
    "packages/own/src/small.ts": "export type Small = number;\nexport const small: Small = 1;\n",
    "packages/own/src/large.ts": "export const large = 2;\n",
    "packages/user/src/main.ts": main,
  });
  const read: string[] = [];
  const bundle = await rolldown({
    cwd: root,
    input: "packages/user/src/main.ts",
    plugins: [
      directImports(root),
      {
        name: "own-package",
        resolveId: (source) =>
          source === "@mlx-download/own" ? join(root, "packages/own/src/index.ts") : undefined,
      },
      {
        name: "read",
        load(id) {
          read.push(relative(join(root, "packages"), id).replaceAll(sep, "/"));
          return undefined;
        },
      },
    ],
  });
  const { output } = await bundle.generate();
  expect(output[0].code).toContain("console.log(1");
  await bundle.close();
  return read.toSorted();
}

test("an import by a package's index reads the module that has the name, and no other", async () => {
  const imports = `import {\n  small,\n  type Small,\n} from "@mlx-download/own";\n`;
  expect(await readFor(`${imports}console.log(small satisfies Small);\n`)).toEqual([
    "own/src/small.ts",
    "user/src/main.ts",
  ]);
});

test("a name that the index has by another way is left to the index", async () => {
  const imports = `import * as own from "@mlx-download/own";\n`;
  expect(await readFor(`${imports}console.log(own.small);\n`)).toContain("own/src/index.ts");
});
