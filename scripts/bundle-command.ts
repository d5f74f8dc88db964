import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";
import { pageModules } from "../packages/web/page/build-page.ts";
import { readManifest } from "./checks/packages.ts";
import {
  carried,
  commandInput,
  commandOutput,
  filesBeside,
  isCarried,
  refuseImports,
} from "./command-plugins.ts";
import { sourcePositions } from "./source-positions.ts";
import { sbomText } from "./release/sbom.ts";
import { foreignPackages, thirdPartyNotices } from "./third-party-notices.ts";

/** What the compiler keeps in `dist`. */
const compiled: ReadonlySet<string> = new Set([".tsbuildinfo", "declarations"]);

/**
 * Writes the command in `dir` and everything that it needs as one package without dependencies: `dist/bin.js`, its lazy
 * chunks in `dist/bin/`, the lines of the source for `--debug`, the declarations of its exports, the libraries' files in
 * `dist/files/`, and the notices and the bill of materials of the packages inside. docs/decisions/one-package.md says why.
 */
export async function bundleCommand(dir: string, root: string): Promise<void> {
  const dist = join(dir, "dist");
  const bundle = await rolldown({
    ...(await commandInput(dir, root, filesBeside(root))),
    input: { bin: "src/bin.ts", index: "src/index.ts" },
  });
  for (const old of await readdir(dist)) {
    if (compiled.has(old)) continue;
    await rm(join(dist, old), { recursive: true });
  }
  const { output } = await bundle.write({ ...commandOutput, dir: dist, format: "esm" });
  await bundle.close();
  const chunks = output.filter((one) => one.type === "chunk");
  for (const { fileName, type } of output) {
    if (type === "asset" && fileName.endsWith(".map")) await rm(join(dist, fileName));
  }
  const positions = sourcePositions(chunks, { dist, root });
  await writeFile(join(dist, "source-positions.json.gz"), gzipSync(JSON.stringify(positions)));
  refuseImports(chunks);
  for (const { from, to } of carried) {
    // The others lie in the package as they are.
    if (!to.startsWith("dist/")) continue;
    await cp(join(root, from), join(dir, to), { recursive: true, filter: isCarried });
  }
  await copyDeclarations(dist, "index.d.ts");
  const modules = [...chunks.flatMap(({ moduleIds }) => moduleIds), ...(await pageModules())];
  const inside = await foreignPackages(modules);
  await writeFile(join(dist, "THIRD-PARTY-NOTICES.txt"), await thirdPartyNotices(inside));
  const { version } = await readManifest(dir);
  await writeFile(join(dist, "sbom.cdx.json"), await sbomText(root, { version, inside }));
}

/** Copies a declaration of `dist/declarations` into `dist`, and those that it imports. */
async function copyDeclarations(dist: string, path: string): Promise<void> {
  const text = await readFile(join(dist, "declarations", path), "utf8");
  await mkdir(dirname(join(dist, path)), { recursive: true });
  await writeFile(join(dist, path), text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/u, "\n"));
  for (const [, from = ""] of text.matchAll(/ from "(?<from>[^"]+)"/gu)) {
    if (!from.startsWith(".")) throw new Error(`${path} needs the types of ${from}`);
    await copyDeclarations(dist, join(dirname(path), from.replace(/\.(?:ts|js)$/u, ".d.ts")));
  }
}
