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
/**
 * One file to fetch. Written for {@link makePlan}:
 * see https://x.test/a.
 */
export interface Plan {
    /** Where from | to. */
    readonly url: "hf://x";
}
/** Which way. */
export type Way =
/** There. */
"to"
/** Back. */
 | "fro";
/** Holds plans. */
export declare class Plans {
    #private;
    /** Inner count. */
    private count;
    /** How many. */
    readonly size: number;
}
/** Plans by options. The second sentence stays with its function. */
export declare function makePlan(options: PlanOptions): Plan;
/** Plans by size. */
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
      description: "Plans.",
      exports: {
        ".": {
          types: "./dist/index.d.ts",
          default: "./dist/index.js",
        },
      },
    }),
    "packages/core/dist/index.d.ts": `export { makePlan, type Plan, Plans, type Way } from "./plan.ts";\n//# sourceMappingURL=index.d.ts.map`,
    "packages/core/dist/plan.d.ts": plan,
    "packages/core/dist/digest.d.ts": `export interface Digest {\n    readonly hex: string;\n}\n`,
  });
  await updateApi(root);
  return root;
}

test("the page has every export with its comments, grouped, and the types that those mention", async () => {
  const root = await workspace();
  expect(await api.find(root)).toEqual([]);
  expect(await readFile(join(root, page), "utf8")).toBe(`# @mlx-download/core

Plans.

Written by \`pnpm api:update\` from the doc comments of the source.

- [\`@mlx-download/core\`](#mlx-downloadcore): 4 exports

## @mlx-download/core

### Functions

| Name | Purpose |
| --- | --- |
| [\`makePlan\`](#makeplan) | Plans by options. |

#### makePlan

Plans by options. The second sentence stays with its function.

\`\`\`ts
function makePlan(options: PlanOptions): Plan;
\`\`\`

Plans by size.

\`\`\`ts
function makePlan(size: number): Plan;
\`\`\`

### Classes

| Name | Purpose |
| --- | --- |
| [\`Plans\`](#plans) | Holds plans. |

#### Plans

Holds plans.

\`\`\`ts
class Plans {
    /** How many. */
    readonly size: number;
}
\`\`\`

### Types

#### Plan

One file to fetch. Written for \`makePlan\`:
see https://x.test/a.

\`\`\`ts
interface Plan {
    /** Where from | to. */
    readonly url: "hf://x";
}
\`\`\`

#### Way

Which way.

\`\`\`ts
type Way =
/** There. */
"to"
/** Back. */
 | "fro";
\`\`\`

### Mentioned, not exported

#### Digest

\`\`\`ts
interface Digest {
    readonly hex: string;
}
\`\`\`

#### PlanOptions

Not exported from the entry, but seen through makePlan: "hf://x" // no comment.

\`\`\`ts
interface PlanOptions {
    /** Bytes. */
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

test("a changed comment is found, of a field too", async () => {
  const root = await workspace();
  const path = join(root, "packages/core/dist/plan.d.ts");
  await writeFile(path, plan.replace("Bytes.", "Octets."));
  const problems = await api.find(root);
  expect(problems[0]).toContain("-     /** Bytes. */");
  expect(problems[0]).toContain("+     /** Octets. */");
});

test("a changed private declaration is not a change of the reference", async () => {
  const root = await workspace();
  const path = join(root, "packages/core/dist/plan.d.ts");
  await writeFile(path, plan.replace("hidden: number", "hidden: string"));
  expect(await api.find(root)).toEqual([]);
});

test("a page that was never written is found", async () => {
  const root = await workspace();
  await writeFile(join(root, page), "");
  expect(await api.find(root)).not.toEqual([]);
});
