import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { isBuiltin } from "node:module";
import { gzipSync } from "node:zlib";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { type OutputChunk, type Plugin, rolldown } from "rolldown";
import { pageModules } from "../packages/web/page/build-page.ts";
import { readManifest } from "./checks/packages.ts";
import { threadTexts } from "./bundle-library.ts";
import { directImports } from "./direct-imports.ts";
import { sourcePositions } from "./source-positions.ts";
import { spareUndici } from "./spare-undici.ts";
import { sparingBuiltins } from "./sparing-builtins.ts";
import { sbomText } from "./release/sbom.ts";
import { foreignPackages, thirdPartyNotices } from "./third-party-notices.ts";

/** Files beside the code of a library, and their folder in the command's `dist/files`. */
const carried: readonly { readonly from: string; readonly to: string }[] = [
  { from: "packages/catalogue/data/", to: "catalogue/" },
  { from: "packages/python-bridge/python/", to: "python/" },
  { from: "packages/web/dist/assets/", to: "page/" },
];

/** What the compiler keeps in `dist`. */
const compiled: ReadonlySet<string> = new Set([".tsbuildinfo", "declarations"]);

/** Stands for the way from a chunk to the package's folder until the chunk's own place is known. */
const PACKAGE = "mlx-download-package:/";

/**
 * Writes the command in `dir` and everything that it needs as one package without dependencies: `dist/bin.js`, its lazy
 * chunks in `dist/bin/`, the lines of the source for `--debug`, the declarations of its exports, the libraries' files in
 * `dist/files/`, and the notices and the bill of materials of the packages inside. docs/decisions/one-package.md says why.
 */
export async function bundleCommand(dir: string, root: string): Promise<void> {
  const dist = join(dir, "dist");
  const bundle = await rolldown({
    cwd: dir,
    input: { bin: "src/bin.ts", index: "src/index.ts" },
    platform: "node",
    plugins: [
      await ownVersion(dir),
      directImports(root),
      carriedFiles(root),
      filledThreads(root),
      spareUndici(join(root, "packages/core")),
      sparingBuiltins(),
    ],
    resolve: { conditionNames: ["@mlx-download/source", "node", "import"] },
    treeshake: { moduleSideEffects: false },
    external: isBuiltin,
  });
  for (const old of await readdir(dist)) {
    if (compiled.has(old)) continue;
    await rm(join(dist, old), { recursive: true });
  }
  const { output } = await bundle.write({
    dir: dist,
    entryFileNames: "[name].js",
    chunkFileNames: ({ name, facadeModuleId }) => {
      // An index.ts says nothing: the package that it stands for does.
      const library = /[\\/]packages[\\/](?<folder>[^\\/]+)[\\/]src[\\/]index\.ts$/u.exec(
        facadeModuleId ?? "",
      );
      return `bin/${library?.groups?.["folder"] ?? name}-[hash].js`;
    },
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
    sourcemap: "hidden",
    minify: { compress: true, mangle: true, codegen: { removeWhitespace: true } },
  });
  await bundle.close();
  const chunks = output.filter((one) => one.type === "chunk");
  for (const { fileName, type } of output) {
    if (type === "asset" && fileName.endsWith(".map")) await rm(join(dist, fileName));
  }
  const positions = sourcePositions(chunks, { dist, root });
  await writeFile(join(dist, "source-positions.json.gz"), gzipSync(JSON.stringify(positions)));
  refuseImports(chunks);
  for (const { from, to } of carried) {
    await cp(join(root, from), join(dist, "files", to), {
      recursive: true,
      filter: (path) => !/[\\/](?:tests|__pycache__|\.\w+_cache|[^\\/]+\.egg-info)$/u.test(path),
    });
  }
  await copyDeclarations(dist, "index.d.ts");
  const modules = [...chunks.flatMap(({ moduleIds }) => moduleIds), ...(await pageModules())];
  const inside = await foreignPackages(modules);
  await writeFile(join(dist, "THIRD-PARTY-NOTICES.txt"), await thirdPartyNotices(inside));
  const { version } = await readManifest(dir);
  await writeFile(join(dist, "sbom.cdx.json"), await sbomText(root, { version, inside }));
}

/** Puts this package's version in the place of the modules that read it from a manifest. */
async function ownVersion(dir: string): Promise<Plugin> {
  const { version } = await readManifest(dir);
  const code = `export const packageVersion = () => ${JSON.stringify(version)};`;
  return {
    name: "own-version",
    load: (id) => (basename(id) === "package-version.ts" ? code : undefined),
  };
}

/** Fills in the programs of a library's threads, as its own build does. */
function filledThreads(root: string): Plugin {
  return {
    name: "filled-threads",
    async load(id) {
      const folder = relative(join(root, "packages"), id).split(sep)[0] ?? "";
      if (basename(id) !== "thread-texts.ts") return undefined;
      const texts = await threadTexts(join(root, "packages", folder));
      return `export const threadTexts = ${JSON.stringify(texts)};`;
    },
  };
}

/** Leads `new URL("…", import.meta.url)` of a library to the file's copy. A file without a copy ends the build. */
function carriedFiles(root: string): Plugin {
  return {
    name: "carried-files",
    transform(code, id) {
      if (!id.startsWith(join(root, "packages") + sep)) return undefined;
      const named = /new URL\("(?<path>\.[^"]*)",\s*import\.meta\.url\)/gu;
      const led = code.replaceAll(named, (match: string, path: string) => {
        const wanted = relative(root, resolve(id, "..", path)).replaceAll(sep, "/");
        const whole = path.endsWith("/") ? `${wanted}/` : wanted;
        // Of a checkout alone: what builds the page from source.
        if (whole === "packages/web/page/build-page.ts") return match;
        const home = carried.find(({ from }) => whole.startsWith(from));
        if (home === undefined) {
          throw new Error(`${id} reads ${whole}: enter it in scripts/bundle-command.ts`);
        }
        return `new URL("${PACKAGE}dist/files/${home.to}${whole.slice(home.from.length)}", import.meta.url)`;
      });
      return { code: led, map: null };
    },
    renderChunk(code, { fileName }) {
      const up = "../".repeat(fileName.split("/").length);
      return { code: code.replaceAll(PACKAGE, up), map: null };
    },
  };
}

/** Ends the build when a chunk imports a package: an installation would not have it. */
function refuseImports(chunks: readonly OutputChunk[]): void {
  const own = new Set(chunks.map(({ fileName }) => fileName));
  for (const { fileName, imports, dynamicImports } of chunks) {
    const foreign = [...imports, ...dynamicImports].filter(
      (one) => !own.has(one) && !isBuiltin(one),
    );
    if (foreign.length > 0) throw new Error(`${fileName} imports ${foreign.join(", ")}`);
  }
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
