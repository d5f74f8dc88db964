import { basename, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { InputOptions, OutputChunk, OutputOptions, Plugin } from "rolldown";
import { isBuiltin } from "node:module";
import { threadTexts } from "./bundle-library.ts";
import { readManifest } from "./checks/packages.ts";
import { directImports } from "./direct-imports.ts";
import { spareUndici } from "./spare-undici.ts";
import { sparingBuiltins } from "./sparing-builtins.ts";

/** Files that the code reads at run time, and their folders in the package. */
export const carried: readonly { readonly from: string; readonly to: string }[] = [
  { from: "packages/catalogue/data/", to: "dist/files/catalogue/" },
  { from: "packages/python-bridge/python/", to: "dist/files/python/" },
  { from: "packages/web/dist/assets/", to: "dist/files/page/" },
  { from: "packages/cli/man/", to: "man/" },
  { from: "packages/cli/schema/", to: "schema/" },
];

/** Whether a file below a carried folder goes along: all but those of its tests and tools. */
export function isCarried(path: string): boolean {
  return !/[\\/](?:tests|__pycache__|\.\w+_cache|[^\\/]+\.egg-info)(?:[\\/]|$)/u.test(path);
}

/** Modules that do their work when they are imported. @peculiar/x509 needs it. */
const ACTS = /[\\/]reflect-metadata[\\/]/u;

/** How the command in `dir` is read, wherever its files lie. */
export async function commandInput(
  dir: string,
  root: string,
  files: Plugin,
): Promise<InputOptions> {
  return {
    cwd: dir,
    platform: "node",
    plugins: [
      await ownVersion(dir),
      directImports(root),
      files,
      filledThreads(root),
      spareUndici(join(root, "packages/core")),
      sparingBuiltins(),
    ],
    resolve: { conditionNames: ["@mlx-download/source", "node", "import"] },
    treeshake: { moduleSideEffects: (id) => ACTS.test(id) },
    external: isBuiltin,
  };
}

/** How the command is written: as lazy chunks, minified. */
export const commandOutput: OutputOptions = {
  entryFileNames: "[name].js",
  chunkFileNames: ({ name, facadeModuleId }) => {
    // An index.ts says nothing: the package that it stands for does.
    const library = /[\\/]packages[\\/](?<folder>[^\\/]+)[\\/]src[\\/]index\.ts$/u.exec(
      facadeModuleId ?? "",
    );
    return `bin/${library?.groups?.["folder"] ?? name}-[hash].js`;
  },
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
};

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

/** Stands for the way from a chunk to the package's folder until the chunk's own place is known. */
const PACKAGE = "mlx-download-package:/";

/** Leads `new URL("…", import.meta.url)` of a library to the file's copy in the package. */
export function filesBeside(root: string): Plugin {
  return {
    name: "files-beside",
    transform: (code, id) =>
      leadFiles(code, { id, root, to: (path) => `new URL("${PACKAGE}${path}", import.meta.url)` }),
    renderChunk(code, { fileName }) {
      const up = "../".repeat(fileName.split("/").length);
      return { code: code.replaceAll(PACKAGE, up), map: null };
    },
  };
}

/** Leads `new URL("…", import.meta.url)` of a library to what the executable carries (`release/executable/carried-file.ts`). */
export function filesInside(root: string): Plugin {
  const from = fileURLToPath(new URL("release/executable/carried-file.ts", import.meta.url));
  return {
    name: "files-inside",
    transform(code, id) {
      const led = leadFiles(code, { id, root, to: (path) => `carriedFile("${path}")` });
      if (led === undefined || led.code === code) return undefined;
      // On the first line, so that no line moves.
      const taken = `import { carriedFile } from ${JSON.stringify(from)};`;
      return { code: `${taken} ${led.code}`, map: null };
    },
  };
}

/** The code with every address of a carried file led elsewhere. A file without a copy ends the build. */
function leadFiles(
  code: string,
  {
    id,
    root,
    to,
  }: { readonly id: string; readonly root: string; readonly to: (path: string) => string },
): { readonly code: string; readonly map: null } | undefined {
  if (!id.startsWith(join(root, "packages") + sep)) return undefined;
  const named = /new URL\("(?<path>\.[^"]*)",\s*import\.meta\.url\)/gu;
  const led = code.replaceAll(named, (match: string, path: string) => {
    const wanted = relative(root, resolve(id, "..", path)).replaceAll(sep, "/");
    const whole = path.endsWith("/") ? `${wanted}/` : wanted;
    // Of a checkout alone: what builds the page from source.
    if (whole === "packages/web/page/build-page.ts") return match;
    const home = carried.find(({ from }) => whole.startsWith(from));
    if (home === undefined) {
      throw new Error(`${id} reads ${whole}: enter it in scripts/command-plugins.ts`);
    }
    return to(`${home.to}${whole.slice(home.from.length)}`);
  });
  return { code: led, map: null };
}

/** Ends the build when a chunk imports a package, which no installation has. */
export function refuseImports(chunks: readonly OutputChunk[]): void {
  const own = new Set(chunks.map(({ fileName }) => fileName));
  for (const { fileName, imports, dynamicImports } of chunks) {
    const foreign = [...imports, ...dynamicImports].filter(
      (one) => !own.has(one) && !isBuiltin(one),
    );
    if (foreign.length > 0) throw new Error(`${fileName} imports ${foreign.join(", ")}`);
  }
}
