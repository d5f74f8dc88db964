import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { run } from "@mlx-download/test-utils/run";
import { command, readManifest } from "../../checks/packages.ts";

/**
 * Packs the executable with its licences, manual page and completions as
 * `<folder>/mlx-download-<version>-<platform>-<arch>.tar.gz`, with a file of its checksum beside it. Returns the archive's path.
 */
export async function packExecutable(
  executable: string,
  { root, node, folder }: { readonly root: string; readonly node: string; readonly folder: string },
): Promise<string> {
  const { version } = await readManifest(join(root, "packages", command.folder));
  const name = `${command.name}-${version}-${process.platform}-${process.arch}`;
  const home = join(folder, name);
  await rm(home, { recursive: true, force: true });
  await mkdir(join(home, "completions"), { recursive: true });
  await cp(executable, join(home, command.name));
  await cp(join(root, "LICENSE"), join(home, "LICENSE"));
  // Node is inside, with all that it has inside.
  await cp(join(dirname(node), "../LICENSE"), join(home, "LICENSE-node"));
  const notices = "THIRD-PARTY-NOTICES.txt";
  await cp(join(root, "packages", command.folder, "dist", notices), join(home, notices));
  await cp(join(root, "packages", command.folder, "man"), join(home, "man"), { recursive: true });
  for (const [shell, file] of [
    ["bash", "mlx-download.bash"],
    ["zsh", "_mlx-download"],
    ["fish", "mlx-download.fish"],
  ] as const) {
    const { code, stdout, stderr } = await run(executable, ["completion", shell]);
    if (code !== 0) throw new Error(stderr);
    await writeFile(join(home, "completions", file), stdout);
  }
  const archive = join(folder, `${name}.tar.gz`);
  const { code, stderr } = await run("tar", ["-czf", archive, "-C", folder, name], {
    timeoutMs: 300_000,
  });
  if (code !== 0) throw new Error(stderr);
  await rm(home, { recursive: true });
  const digest = createHash("sha256")
    .update(await readFile(archive))
    .digest("hex");
  await writeFile(`${archive}.sha256`, `${digest}  ${basename(archive)}\n`);
  return archive;
}
