import { glob, readFile, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { rolldown } from "rolldown";
import { sparingBuiltins } from "./sparing-builtins.ts";

/** The condition under which a package's own source is found. */
const SOURCE = "@mlx-download/source";

/**
 * Writes the modules of the package in `dir` as one file behind its exports, the programs of its threads inside as text;
 * other packages stay imports. docs/decisions/bundle.md says why.
 */
export async function bundleLibrary(dir: string): Promise<void> {
  const manifest = JSON.parse(await readFile(join(dir, "package.json"), "utf8")) as {
    readonly exports: Readonly<Record<string, string | { readonly [SOURCE]?: string }>>;
  };
  const input: Record<string, string> = {};
  for (const target of Object.values(manifest.exports)) {
    const source = typeof target === "string" ? undefined : target[SOURCE];
    // Under the name of its source, as the declarations are: `dist/account/account.js`.
    if (source !== undefined) input[/^\.\/src\/(.+)\.ts$/u.exec(source)?.[1] ?? source] = source;
  }
  const texts = await threadTexts(dir);
  const bundle = await rolldown({
    cwd: dir,
    input,
    platform: "node",
    external: (source) => !/^[./\\]|^[a-z]:/iu.test(source),
    plugins: [
      {
        name: "thread-texts",
        load: (id) =>
          basename(id) === "thread-texts.ts"
            ? `export const threadTexts = ${JSON.stringify(texts)};`
            : undefined,
      },
    ],
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
      groups: [{ name: "library", test: /[\\/]src[\\/]/ }],
    },
  });
  await bundle.close();
}

/**
 * The programs of a package's threads (`src/…/*-worker.ts`), each with what it imports. Neither a module nor a script
 * of CommonJS: they take Node's modules by `process.getBuiltinModule`, which every runtime has.
 */
export async function threadTexts(dir: string): Promise<Readonly<Record<string, string>>> {
  const texts: Record<string, string> = {};
  for await (const path of glob("src/**/*-worker.ts", { cwd: dir })) {
    const bundle = await rolldown({
      cwd: dir,
      input: `./${path}`,
      platform: "node",
      plugins: [sparingBuiltins()],
      treeshake: { moduleSideEffects: false },
    });
    const { output } = await bundle.generate({
      format: "esm",
      minify: { compress: true, mangle: true, codegen: { removeWhitespace: true } },
    });
    await bundle.close();
    const [program, ...more] = output;
    const code = program.code.replace(/export ?\{ ?\};?\s*$/u, "");
    const outside = /\b(?:im|ex)port\b|\brequire\(/u.exec(code)?.[0];
    const problem = more.length > 0 ? "more than one file" : outside;
    if (problem !== undefined) throw new Error(`${path} is not a program of its own: ${problem}`);
    texts[basename(path, ".ts")] = code;
  }
  return texts;
}
