import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, type BuildOptions } from "esbuild";

const at = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const options = {
  entryPoints: {
    app: at("app.tsx"),
    events: at("events/events-worker.ts"),
    style: at("style/style.css"),
  },
  outdir: at("out"),
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2023", "safari18", "chrome125", "firefox128"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  logLevel: "silent",
  write: false,
} as const satisfies BuildOptions;

/** Builds the page: its files by name, in memory. */
export async function buildPage(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { outputFiles } = await build(options);
  const files = new Map<string, Uint8Array>();
  for (const { path, contents } of outputFiles) {
    files.set(path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1), contents);
  }
  for (const name of ["index.html", "icon.svg"]) files.set(name, await readFile(at(name)));
  return files;
}

/** The absolute paths of all modules that are in the page, those of other packages as well. */
export async function pageModules(): Promise<readonly string[]> {
  const root = at(".");
  const { metafile } = await build({ ...options, absWorkingDir: root, metafile: true });
  return Object.keys(metafile.inputs).map(at);
}
