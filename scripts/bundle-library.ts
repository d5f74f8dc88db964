import { glob, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { rolldown } from "rolldown";

/** The condition under which a package's own source is found. */
const SOURCE = "@mlx-download/source";

/**
 * Writes the modules of the package in `dir` as one file behind its exports, and its workers beside that; other
 * packages stay imports. docs/decisions/bundle.md says why.
 */
export async function bundleLibrary(dir: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(dir, "package.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
  };
  const input: Record<string, string> = {};
  for (const target of Object.values(manifest.exports)) {
    const source = typeof target === "string" ? undefined : target[SOURCE];
    if (source !== undefined) input[basename(source, ".ts")] = source;
  }
  // They are started by their address beside whoever starts them: the one file in bin/.
  for await (const path of glob("src/**/*-worker.ts", { cwd: dir })) {
    input[`bin/${basename(path, ".ts")}`] = `./${path}`;
  }
  const bundle = await rolldown({
    cwd: dir,
    input,
    platform: "node",
    external: (source) => !/^[./\\]|^[a-z]:/iu.test(source),
  });
  await rm(join(dir, "dist/bin"), { recursive: true, force: true });
  await bundle.write({
    dir: join(dir, "dist"),
    entryFileNames: "[name].js",
    chunkFileNames: "bin/[name]-[hash].js",
    format: "esm",
    sourcemap: true,
    minify: false,
    codeSplitting: {
      groups: [
        { name: "library", test: (id) => /[\\/]src[\\/]/.test(id) && !id.endsWith("-worker.ts") },
      ],
    },
  });
  await bundle.close();
}
