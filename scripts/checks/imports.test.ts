import { tempDir, writeTree } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { imports } from "./imports.ts";

const manifest = (name: string, more: object = {}): string =>
  JSON.stringify({
    name: `@mlx-download/${name}`,
    exports: { ".": { default: "./dist/index.js" } },
    ...more,
  });

/** Problems in a workspace of cache, core and hub-server that holds `files` beside sound manifests. */
async function problemsOf(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const root = await tempDir();
  await writeTree(root, {
    "package.json": JSON.stringify({
      devDependencies: { vitest: "catalog:", "@mlx-download/hub-server": "workspace:*" },
    }),
    "packages/cache/package.json": manifest("cache", { dependencies: { "left-pad": "1" } }),
    "packages/core/package.json": manifest("core", {
      dependencies: { "@mlx-download/cache": "workspace:^", undici: "catalog:", hono: "catalog:" },
      devDependencies: { "@mlx-download/hub-server": "workspace:^" },
    }),
    "packages/hub-server/package.json": manifest("hub-server", {
      dependencies: { "@mlx-download/cache": "workspace:^", "@mlx-download/core": "workspace:^" },
    }),
    ...files,
  });
  return imports.find(root);
}

test("imports down the table, from node and inside the package are fine", async () => {
  const problems = await problemsOf({
    "packages/core/src/a.ts": `import { join } from "node:path";
import type { Plan } from "./plan.ts";
import {
  blobPath,
  type Digest,
} from "@mlx-download/cache";
const { request } = await import("undici");
`,
    "packages/cache/src/a.test.ts": `import { test } from "vitest";\n`,
    "packages/core/src/a.test.ts": `import { startHub } from "@mlx-download/hub-server";\n`,
    "packages/core/test/b.test.ts": `import { a } from "../src/a.ts";\n`,
  });
  expect(problems).toEqual([]);
});

test("an example in a doc comment is not an import", async () => {
  const text = `/**\n * import { download } from "@mlx-download/core";\n */\nexport const a = 1;\n`;
  expect(await problemsOf({ "packages/cache/src/a.ts": text })).toEqual([]);
});

test.each([
  [
    "an import up the table",
    "packages/hub-server/src/a.ts",
    `import { x } from "@mlx-download/core";`,
    "may not import it",
  ],
  [
    "a test of hub-server that uses core",
    "packages/hub-server/test/a.test.ts",
    `import { x } from "@mlx-download/core";`,
    "hub-server is below core",
  ],
  [
    "a devDependency in the source",
    "packages/core/src/a.ts",
    `import { x } from "@mlx-download/hub-server";`,
    "not in this package's dependencies",
  ],
  [
    "a dependency that nobody declared, in a test",
    "packages/core/src/a.test.ts",
    `import x from "left-pad";`,
    "not a dependency",
  ],
  [
    "a package of the workspace that nobody declared, in a test",
    "packages/cache/src/a.test.ts",
    `import { startHub } from "@mlx-download/hub-server";`,
    "not a dependency",
  ],
  [
    "a dependency from elsewhere that the table does not know",
    "packages/core/src/a.ts",
    `export { Hono } from "hono";`,
    "may import @huggingface/hub, bonjour-service, undici from elsewhere",
  ],
  [
    "any dependency of cache",
    "packages/cache/src/a.ts",
    `import "left-pad";`,
    "may import nothing from elsewhere",
  ],
  [
    "a path into another package",
    "packages/core/src/a.ts",
    `import { x } from "../../cache/src/layout.ts";`,
    "a path out of the package",
  ],
  [
    "a file that is not exported",
    "packages/core/src/a.ts",
    `import { x } from "@mlx-download/cache/layout";`,
    "not one of its exports",
  ],
  [
    "a dynamic import up the table",
    "packages/hub-server/src/a.ts",
    `const core = await import("@mlx-download/core");`,
    "may not import it",
  ],
])("%s is found", async (_what, path, line, words) => {
  const problems = await problemsOf({ [path]: `${line}\n` });
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(path);
  expect(problems[0]).toContain(words);
});

test("a package that only types may come from is found when its values are imported", async () => {
  const files = {
    "packages/registry/package.json": manifest("registry", {
      dependencies: { "@mlx-download/core": "workspace:^" },
    }),
    "packages/registry/src/good.ts": `import type { Plan } from "@mlx-download/core";\n`,
    "packages/registry/src/bad.ts": `import { plan } from "@mlx-download/core";\n`,
  };
  expect(await problemsOf(files)).toEqual([
    `packages/registry/src/bad.ts: "@mlx-download/core": only its types may be imported`,
  ]);
});

test("a package that runs in a browser imports nothing of Node, but its tests may", async () => {
  const text = `import { join } from "node:path";\n`;
  const problems = await problemsOf({
    "packages/fit/package.json": manifest("fit"),
    "packages/fit/src/a.ts": text,
    "packages/fit/src/a.test.ts": text,
  });
  expect(problems).toEqual(['packages/fit/src/a.ts: "node:path": this package runs without Node']);
});

test("a package that the table does not know is found", async () => {
  const problems = await problemsOf({ "packages/extra/package.json": manifest("extra") });
  expect(problems).toEqual(["packages/extra: not in the table of scripts/checks/imports.ts"]);
});
