import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { command, readManifest } from "../checks/packages.ts";
import { packAll } from "../checks/published.ts";
import { projectAddress } from "./address.ts";
import { formulaText } from "./formula.ts";

/** What a release consists of, as files of a folder. */
export interface Release {
  readonly folder: string;
  /** Package name to its tarball's path, in an order in which each finds its dependencies published. */
  readonly tarballs: ReadonlyMap<string, string>;
}

/**
 * Packs the built packages into `folder`, which is emptied, with the command's bill of materials, its formula of Homebrew and `SHA256SUMS`. The same
 * commit is meant to give the same bytes: the whole test of the release compares two clones.
 */
export async function packRelease(root: string, folder: string): Promise<Release> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const tarballs = await packAll(root, folder);
  const { version } = await readManifest(join(root, "packages", command.folder));
  const sbom = join(folder, `${command.name}-${version}.cdx.json`);
  await writeFile(
    sbom,
    await readFile(join(root, "packages", command.folder, "dist/sbom.cdx.json")),
  );
  const formula = join(folder, `${command.name}.rb`);
  const address = await projectAddress(root);
  const tarball = tarballs.get(command.name) ?? "";
  await writeFile(formula, await formulaText(tarball, { version, address }));
  const sums: string[] = [];
  for (const path of [...tarballs.values(), sbom, formula].toSorted()) {
    const digest = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
    sums.push(`${digest}  ${basename(path)}\n`);
  }
  await writeFile(join(folder, "SHA256SUMS"), sums.join(""));
  return { folder, tarballs };
}
