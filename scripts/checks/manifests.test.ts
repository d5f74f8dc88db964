import { tempDir, writeTree } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { manifests } from "./manifests.ts";

const repository = { type: "git", url: "git+https://code.example/someone/tool.git" };

const sound = {
  name: "@mlx-download/core",
  description: "Something.",
  keywords: ["download", "huggingface", "mlx", "models"],
  author: "The mlx-download authors",
  homepage: "https://code.example/someone/tool#readme",
  bugs: { url: "https://code.example/someone/tool/issues" },
  repository: { ...repository, directory: "packages/core" },
  license: "Apache-2.0",
  type: "module",
  bin: { "mlx-download": "dist/bin.js" },
  files: ["dist", "src", "!src/**/*.test.ts", "!dist/.tsbuildinfo"],
  exports: {
    ".": {
      "@mlx-download/source": "./src/index.ts",
      require: { types: "./dist/index.d.cts", default: "./dist/index.cjs" },
      types: "./dist/index.d.ts",
      default: "./dist/index.js",
    },
    "./package.json": "./package.json",
  },
  publishConfig: { access: "public" },
  scripts: {
    build: "tsc -b && node ../../scripts/require-entries.ts",
    prepack: "rm -rf dist && tsc -b && node ../../scripts/require-entries.ts",
  },
  dependencies: { "@mlx-download/cache": "workspace:^", undici: "catalog:" },
  devDependencies: { "@mlx-download/test-utils": "workspace:*" },
  engines: { node: ">=22.19" },
};

/** Problems of one package with `change` made to a sound manifest. */
async function problemsOf(change: object): Promise<readonly string[]> {
  const root = await tempDir();
  await writeTree(root, {
    "package.json": JSON.stringify({ repository }),
    "packages/core/package.json": JSON.stringify({ ...sound, ...change }),
    "packages/core/tsconfig.json": JSON.stringify({ references: [{ path: "../cache" }] }),
    "packages/core/README.md": "# core\n",
    "packages/core/LICENSE": "Apache\n",
    "packages/core/src/index.ts": "",
    "packages/core/src/bin.ts": "",
  });
  return manifests.find(root);
}

test("a sound package is fine", async () => {
  expect(await problemsOf({})).toEqual([]);
});

test.each<[string, object, string]>([
  ["a name that is not the folder's", { name: "@mlx-download/kernel" }, "name is"],
  ["no author", { author: undefined }, "author is"],
  ["no repository", { repository: undefined }, "repository.url is"],
  ["the root's repository, without the folder", { repository }, "repository.directory is"],
  ["no page of its own", { homepage: undefined }, "homepage is"],
  ["another project's bugs", { bugs: { url: "https://code.example/other/issues" } }, "bugs.url is"],
  ["too few keywords", { keywords: ["mlx"] }, "keywords are missing"],
  ["another licence", { license: "MIT" }, "license is"],
  ["CommonJS", { type: "commonjs" }, "type is"],
  ["a Node that is too old", { engines: { node: ">=20" } }, "engines.node is"],
  ["files without the sources", { files: ["dist"] }, "files lacks"],
  [
    "a range of a package from elsewhere that is not in the catalog",
    { dependencies: { "@mlx-download/cache": "workspace:^", undici: "^8.0.0" } },
    'undici is "^8.0.0"',
  ],
  ["a dependency that tsconfig.json does not reference", { dependencies: {} }, "tsconfig.json"],
  [
    "an entry whose output is another file's",
    {
      exports: {
        ...sound.exports,
        ".": {
          ...sound.exports["."],
          types: "./dist/other.d.ts",
        },
      },
    },
    'exports["."] is not',
  ],
  ["exports without package.json", { exports: { ".": sound.exports["."] } }, "./package.json"],
  ["a bin without a source", { bin: { tool: "dist/tool.js" } }, "src/tool.ts is not there"],
])("%s is found", async (_what, change, words) => {
  const problems = await problemsOf(change);
  expect(problems.join("\n")).toContain(words);
});
