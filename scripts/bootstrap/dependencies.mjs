import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "./child.mjs";

/**
 * `pnpm install --frozen-lockfile`, skipped while nothing that decides its result has changed since the last one.
 * @param {string} root
 * @param {import("./toolchain.mjs").Toolchain} toolchain
 * @returns {Promise<void>}
 */
export async function installDependencies(root, toolchain) {
  // Inside node_modules, so that it goes when they go.
  const stamp = join(root, "node_modules/.mlx-download-installed");
  if ((await readFile(stamp, "utf8").catch(() => undefined)) === (await fingerprint(root))) return;
  process.stderr.write("installing dependencies …\n");
  await run(toolchain.pnpm, ["install", "--frozen-lockfile", "--reporter=append-only"], {
    cwd: root,
    // CI: never ask before node_modules of another layout is replaced.
    env: { ...toolchain.env, CI: "true" },
    quiet: true,
  });
  await writeFile(stamp, await fingerprint(root));
}

/** @param {string} root */
async function fingerprint(root) {
  const hash = createHash("sha256");
  for (const path of ["pnpm-lock.yaml", "pnpm-workspace.yaml", "package.json"])
    hash.update(await readFile(join(root, path)));
  for (const group of ["packages", "tooling"]) {
    for (const name of (await readdir(join(root, group))).toSorted()) {
      const manifest = await readFile(join(root, group, name, "package.json")).catch(
        () => undefined,
      );
      const modules = await readdir(join(root, group, name, "node_modules")).then(
        () => "there",
        () => "none",
      );
      if (manifest) hash.update(`\0${group}/${name}\0`).update(manifest).update(modules);
    }
  }
  return hash.digest("hex");
}
