import { join } from "node:path";
import { run } from "@mlx-download/test-utils/run";
import type { Check } from "./check.ts";
import { removeStaleOutput } from "./stale-output.ts";
import { workspacePackages } from "./packages.ts";

/** Packs every package into `folder` as it would be published (built `dist` as it is) and returns the tarballs. */
export async function packAll(root: string, folder: string): Promise<ReadonlyMap<string, string>> {
  const tarballs = new Map<string, string>();
  for (const { dir, manifest } of await workspacePackages(root)) {
    await removeStaleOutput(dir);
    // prepack would delete and rebuild the dist that others are running from.
    const args = ["pack", "--json", "--pack-destination", folder, "--config.ignore-scripts=true"];
    const { code, stdout, stderr } = await run("pnpm", args, { cwd: dir });
    if (code !== 0) throw new Error(`pnpm pack in ${dir}: ${stdout}${stderr}`);
    const { filename } = JSON.parse(stdout) as { readonly filename: string };
    tarballs.set(manifest.name, filename);
  }
  return tarballs;
}

/** publint and arethetypeswrong find nothing in the packed packages. */
export function published(folder: string): Check {
  return {
    name: "packed packages (publint, attw)",
    find: async (root) => {
      const problems: string[] = [];
      for (const tarball of (await packAll(root, folder)).values()) {
        for (const [program, ...args] of [
          ["publint", "run", tarball, "--strict"],
          ["attw", tarball, "--profile", "node16", "--format", "ascii", "--no-emoji"],
        ] as const) {
          const path = join(root, "node_modules/.bin", program);
          const { code, stdout, stderr } = await run(path, args, { cwd: root });
          if (code !== 0) problems.push(`${program} ${tarball}\n${stdout}${stderr}`);
        }
      }
      return problems;
    },
  };
}
