import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Check } from "./check.ts";

const page = "docs/reference/errors.md";

/** Every error code has its heading in the error reference, and every heading there is a code. */
export const errorDocs: Check = { name: "errors are documented", find: errorDocProblems };

async function errorDocProblems(root: string): Promise<readonly string[]> {
  const codes = new Map<string, string>();
  for await (const path of glob("packages/*/src/**/*.ts", { cwd: root })) {
    if (path.endsWith(".test.ts")) continue;
    for (const code of codesOf(await readFile(join(root, path), "utf8"))) codes.set(code, path);
  }
  const text = await readFile(join(root, page), "utf8");
  const headings = [...text.matchAll(/^## `(?<code>[^`]+)`$/gmu)].map((match) => match[1] ?? "");
  return [
    ...[...codes]
      .filter(([code]) => !headings.includes(code))
      .map(([code, path]) => `${path}: ${code} has no heading in ${page}`),
    ...headings
      .filter((code) => !codes.has(code))
      .map((code) => `${page}: no package knows the code ${code}`),
    ...headings
      .filter((code, index) => headings.indexOf(code) !== index)
      .map((code) => `${page}: ${code} has two headings`),
  ];
}

/** The literals of every exported type whose name ends with `ErrorCode`. */
function codesOf(source: string): readonly string[] {
  const unions = source.matchAll(/^export type \w*ErrorCode =(?<members>[^;]+);/gmu);
  return [...unions].flatMap(({ groups }) =>
    [...(groups?.["members"] ?? "").matchAll(/"(?<code>[^"]+)"/gu)].map((match) => match[1] ?? ""),
  );
}
