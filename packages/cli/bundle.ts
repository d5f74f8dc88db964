// Writes dist/bin.js and what it loads lazily (dist/bin/) over what tsc emitted: few files to open, and of yargs only
// its parser. docs/decisions/bundle.md says why and what stays outside.
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";

const root = fileURLToPath(new URL(".", import.meta.url));

/** The road of `path` comes along, so that it opens a handful of files; yargs for its parser alone. */
const inlined = /^(?:@mlx-download\/core\/find-cached|yargs\/helpers|yargs-parser)$/u;
/** Modules whose own imports come along too. */
const insides = /[\\/]packages[\\/](?:core|cache)[\\/]|[\\/]yargs(?:-parser)?[\\/]/u;

const bundle = await rolldown({
  cwd: root,
  input: { bin: "src/bin.ts" },
  platform: "node",
  resolve: { conditionNames: ["@mlx-download/source", "node", "import"] },
  treeshake: { moduleSideEffects: false },
  external(source, importer) {
    if (/^[./\\]|^[a-z]:/iu.test(source) || inlined.test(source)) return false;
    if (source.startsWith("node:")) return true;
    return !(source === "@mlx-download/cache" && importer !== undefined && insides.test(importer));
  },
});
await rm(`${root}dist/bin`, { recursive: true, force: true });
await bundle.write({
  dir: "dist",
  entryFileNames: "[name].js",
  chunkFileNames: "bin/[name]-[hash].js",
  format: "esm",
  sourcemap: false,
  minify: false,
});
await bundle.close();
