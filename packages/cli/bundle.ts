// Writes dist/bin.js and what it loads lazily (dist/bin/) over what tsc emitted: few files to open, and of yargs only
// its parser. docs/decisions/bundle.md says why and what stays outside.
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { sparingBuiltins } from "../../scripts/sparing-builtins.ts";

const root = fileURLToPath(new URL(".", import.meta.url));

/** The road of `path` comes along, so that it opens a handful of files; yargs for its parser alone. */
const inlined = /^(?:@mlx-download\/core\/find-cached|yargs\/helpers|yargs-parser)$/u;
/** Modules whose own imports come along too. */
const insides = /[\\/]packages[\\/](?:core|cache)[\\/]|[\\/]yargs(?:-parser)?[\\/]/u;

const bundle = await rolldown({
  cwd: root,
  input: { bin: "src/bin.ts" },
  platform: "node",
  plugins: [sparingBuiltins()],
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
  codeSplitting: {
    // With everything that a module imports: what every command reads, and the commands that must start fast.
    groups: [
      {
        name: "start",
        test: /[\\/]src[\\/](?:run-cli|command-line[\\/]parse|commands[\\/]refs[\\/]selection)\.ts$/u,
        priority: 3,
      },
      { name: "path", test: /[\\/]src[\\/]commands[\\/]cache[\\/]path\.ts$/u, priority: 2 },
      { name: "get", test: /[\\/]src[\\/]commands[\\/]download[\\/]get\.ts$/u, priority: 1 },
    ],
  },
  sourcemap: false,
  minify: false,
});
await bundle.close();
