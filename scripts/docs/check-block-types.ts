import { mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "@mlx-download/test-utils/run";
import { packageName, scope, workspacePackages } from "../checks/packages.ts";
import type { FencedBlock } from "./fenced-blocks.ts";

/** A TypeScript block, and the page it stands on. */
export interface PageBlock {
  readonly page: string;
  readonly block: FencedBlock;
}

const foreign = fileURLToPath(new URL("foreign-types/", import.meta.url));

/**
 * Compiles the blocks as a reader does who has installed the packages and set `strict`, in the empty folder `dir`. Gives
 * the compiler's complaints, each with the page and the line of the block. The packages must have been built. Types of
 * programs that no registry has, or that are large, come from `foreign-types`. Faults inside the declarations of other
 * packages do not count.
 */
export async function checkBlockTypes(
  blocks: readonly PageBlock[],
  {
    dir,
    root,
    servingDist,
  }: {
    readonly dir: string;
    readonly root: string;
    /** The built entry of a real mlx-serving, whose own types count then. */
    readonly servingDist?: string | undefined;
  },
): Promise<readonly string[]> {
  const modules = join(dir, "node_modules");
  await mkdir(join(modules, scope), { recursive: true });
  for (const { folder, dir: target } of await workspacePackages(root)) {
    await symlink(target, join(modules, packageName(folder)));
  }
  await symlink(join(root, "node_modules/@types"), join(modules, "@types"));
  await writeFile(join(dir, "package.json"), `{ "private": true, "type": "module" }\n`);
  const files = new Map<string, string>();
  for (const { page, block } of blocks) {
    const name = `${page.replaceAll(/[^\w.-]/gu, "_")}-${block.line}.ts`;
    await writeFile(join(dir, name), block.code);
    files.set(name, `${page}:${block.line}`);
  }
  const declared = ["lmstudio-sdk.d.ts", ...(servingDist ? [] : ["mlx-serving.d.ts"])];
  const config = {
    compilerOptions: {
      strict: true,
      noEmit: true,
      target: "es2024",
      lib: ["es2024", "esnext.disposable"],
      module: "nodenext",
      moduleDetection: "force",
      types: ["node"],
      ...(servingDist && {
        paths: { "@defai.digital/mlx-serving": [join(dirname(servingDist), "index.d.ts")] },
      }),
    },
    files: [...files.keys(), ...declared.map((name) => join(foreign, name))],
  };
  await writeFile(join(dir, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/.bin/tsc");
  const { code, stdout, stderr } = await run(tsc, ["-p", dir, "--pretty", "false"], { cwd: dir });
  if (code === 0) return [];
  // A complaint's further lines are indented.
  const complaints = `${stdout}${stderr}`.trim().split(/\n(?! )/u);
  return complaints
    .filter((text) => !text.includes("node_modules/.pnpm/"))
    .map((text) => {
      const name = [...files.keys()].find((file) => text.startsWith(`${file}(`));
      return name === undefined ? text : text.replace(name, files.get(name) ?? name);
    });
}
