import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tempDir, writeTree } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { api, updateApi } from "./api.ts";

const page = "docs/reference/api/core.md";
const plan = `import type { Digest as Hash } from "./digest.ts";
/** Not exported from the entry, but seen through makePlan: "hf://x" // no comment. */
interface PlanOptions {
    /** Bytes. */
    readonly size: number;
    readonly hash: Hash;
}
export interface Plan {
    readonly url: "hf://x";
}
export declare function makePlan(options: PlanOptions): Plan;
export declare function makePlan(size: number): Plan;
export declare const hidden: number;
export {};
`;

/** A workspace of one built package, its page written. */
async function workspace(): Promise<string> {
  const root = await tempDir();
  await writeTree(root, {
    "packages/core/package.json": JSON.stringify({
      name: "@mlx-download/core",
      exports: { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } },
    }),
    "packages/core/dist/index.d.ts": `export { makePlan, type Plan } from "./plan.ts";\n`,
    "packages/core/dist/plan.d.ts": plan,
    "packages/core/dist/digest.d.ts": `export interface Digest {\n    readonly hex: string;\n}\n`,
  });
  await updateApi(root);
  return root;
}

test("the page lists what is exported and what that mentions, without comments and the rest", async () => {
  const root = await workspace();
  expect(await api.find(root)).toEqual([]);
  expect(await readFile(join(root, page), "utf8")).toBe(`# @mlx-download/core: public surface

Written by \`pnpm api:update\` from the emitted declarations; the doc comments are in the source.

## \`@mlx-download/core\`

\`\`\`ts
interface Plan {
    readonly url: "hf://x";
}

function makePlan(options: PlanOptions): Plan;

function makePlan(size: number): Plan;
\`\`\`

Mentioned, not exported:

\`\`\`ts
interface Digest {
    readonly hex: string;
}

interface PlanOptions {
    readonly size: number;
    readonly hash: Hash;
}
\`\`\`
`);
});

test("a changed signature, also of a type that is only mentioned, is found with its lines", async () => {
  const root = await workspace();
  const path = join(root, "packages/core/dist/plan.d.ts");
  await writeFile(
    path,
    plan.replace("size: number;\n    readonly hash", "size: bigint;\n    readonly hash"),
  );
  const problems = await api.find(root);
  expect(problems[0]).toContain("-     readonly size: number;");
  expect(problems[0]).toContain("+     readonly size: bigint;");
});

test("a changed comment and a changed private declaration are not a change of the surface", async () => {
  const root = await workspace();
  const path = join(root, "packages/core/dist/plan.d.ts");
  await writeFile(
    path,
    plan.replace("Bytes.", "Octets.").replace("hidden: number", "hidden: string"),
  );
  expect(await api.find(root)).toEqual([]);
});

test("a page that was never written is found", async () => {
  const root = await workspace();
  await writeFile(join(root, page), "");
  expect(await api.find(root)).not.toEqual([]);
});
