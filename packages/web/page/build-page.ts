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
  files.set("icon.svg", await readFile(at("icon.svg")));
  const html = await readFile(at("index.html"), "utf8");
  files.set("index.html", Buffer.from(html.replace("<!-- navigation -->", await navigation())));
  return files;
}

/** The navigation as HTML, before a page and a server are known. */
async function navigation(): Promise<string> {
  const { outputFiles } = await build({
    ...options,
    entryPoints: [at("first-paint.tsx")],
    platform: "node",
    target: "node22",
  });
  const script = Buffer.from(outputFiles[0]?.contents ?? []).toString("base64");
  const address = `data:text/javascript;base64,${script}`;
  return ((await import(address)) as { readonly html: string }).html;
}

/** The absolute paths of all modules that are in the page, those of other packages as well. */
export async function pageModules(): Promise<readonly string[]> {
  const root = at(".");
  const { metafile } = await build({ ...options, absWorkingDir: root, metafile: true });
  return Object.keys(metafile.inputs).map(at);
}
