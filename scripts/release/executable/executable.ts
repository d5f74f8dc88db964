import { createHash } from "node:crypto";
import { chmod, cp, glob, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { startTestHub, tinyModelFiles } from "@mlx-download/hub-server/testing";
import { run } from "@mlx-download/test-utils/run";
import { type InputOptions, type Plugin, rolldown } from "rolldown";
import { command } from "../../checks/packages.ts";
import {
  carried,
  commandInput,
  commandOutput,
  filesInside,
  isCarried,
  refuseImports,
} from "../../command-plugins.ts";
import { hubEnvironment } from "../../hub-environment.ts";
import { sourcePositions } from "../../source-positions.ts";

/** What {@link buildExecutable} is told. */
export interface ExecutableOptions {
  /** The repo, built: the page and the schemas are taken from it. */
  readonly root: string;
  /** The Node 26 that goes into the executable, and makes it. */
  readonly node: string;
  /** A folder for what the build writes. It is emptied. */
  readonly folder: string;
}

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** What a start of these compiles is in the executable compiled already. The model is of a Hub on this machine. */
const REHEARSED: readonly (readonly string[])[] = [
  [],
  ["mlx-community/tiny", "--dry-run"],
  ["mlx-community/tiny"],
  ["mlx-community/tiny", "--json"],
  ["path", "mlx-community/tiny"],
  ["cache", "ls"],
  ["verify"],
  ["info", "mlx-community/tiny"],
  ["--help"],
];

/**
 * Makes the command one program file that needs no Node: `<folder>/mlx-download`, by `node --build-sea` of Node 26, with its
 * chunks, what V8 made of them, and all carried files inside. Returns its path. docs/decisions/executable.md has the figures.
 */
export async function buildExecutable(options: ExecutableOptions): Promise<string> {
  const { root, node, folder } = options;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const dist = await bundleChunks(root, join(folder, "dist"));
  const main = join(folder, "main.js");
  await bundleOne(await mainInput(root), main);
  const executable = await stripped(node, folder);
  await compileChunks(dist, { node: executable, folder });
  const output = join(folder, command.name);
  const config = {
    main,
    mainFormat: "module",
    output,
    executable,
    disableExperimentalSEAWarning: true,
    useCodeCache: true,
    assets: await collectAssets(root, folder),
  };
  const path = join(folder, "sea.json");
  await writeFile(path, JSON.stringify(config));
  await must(executable, ["--build-sea", path]);
  await chmod(output, 0o755);
  // Apple silicon starts nothing that is not signed. A release is signed again with a certificate.
  if (process.platform === "darwin") await must("codesign", ["--force", "--sign", "-", output]);
  return output;
}

/** Writes the command's chunks as scripts into `dist`. */
async function bundleChunks(root: string, dist: string): Promise<string> {
  const dir = join(root, "packages", command.folder);
  const bundle = await rolldown({
    ...(await commandInput(dir, root, filesInside(root))),
    input: { "run-cli": "src/run-cli.ts" },
  });
  // A script has no import() without a loader of its own, and Node warns of that one at every start.
  const form = { format: "cjs", dynamicImportInCjs: false } as const;
  const { output } = await bundle.write({ ...commandOutput, ...form, dir: dist });
  await bundle.close();
  const chunks = output.filter((one) => one.type === "chunk");
  refuseImports(chunks);
  for (const { fileName } of output) {
    if (fileName.endsWith(".map")) await rm(join(dist, fileName));
  }
  const positions = gzipSync(JSON.stringify(sourcePositions(chunks, { dist, root })));
  await writeFile(join(dist, "source-positions.json.gz"), positions);
  return dist;
}

/** The program that the executable starts with: the command's own, which takes the rest out of the executable. */
async function mainInput(root: string): Promise<InputOptions> {
  const dir = join(root, "packages", command.folder);
  const input = await commandInput(dir, root, filesInside(root));
  const inside: Plugin = {
    name: "chunks-inside",
    resolveId: (source) => (source === "./run-cli.ts" ? at("./run-cli.ts") : undefined),
    transform(code, id) {
      if (id !== join(dir, "src/bin.ts")) return undefined;
      const cached = 'process.getBuiltinModule("node:module").enableCompileCache?.();';
      if (!code.includes(cached)) throw new Error(`${id} sets up its cache in another way`);
      // All is compiled. Node would make a folder for nothing.
      return { code: code.replace(cached, ""), map: null };
    },
  };
  return { ...input, input: "src/bin.ts", plugins: [inside, input.plugins] };
}

async function bundleOne(input: InputOptions, file: string): Promise<void> {
  const bundle = await rolldown(input);
  await bundle.write({ file, format: "esm", codeSplitting: false, minify: true });
  await bundle.close();
}

/** Lets V8 compile every chunk, and in those of {@link REHEARSED} all that ran. */
async function compileChunks(
  dist: string,
  { node, folder }: { readonly node: string; readonly folder: string },
): Promise<void> {
  const program = join(folder, "compile-chunks.mjs");
  await bundleOne({ input: at("./compile-chunks.ts"), platform: "node" }, program);
  const hub = await startTestHub();
  await hub.addRepo("mlx-community/tiny", tinyModelFiles());
  const env = hubEnvironment({}, { endpoint: hub.url, home: join(folder, "home") });
  for (const words of REHEARSED) await must(node, [program, dist, ...words], env);
  await hub.close();
}

/** Name to path of what is carried inside. Their common checksum names the folder that they are written into. */
async function collectAssets(
  root: string,
  folder: string,
): Promise<Readonly<Record<string, string>>> {
  const assets: Record<string, string> = {};
  const sum = createHash("sha256");
  for (const { from, to } of carried) {
    const paths = (await Array.fromAsync(glob("**/*", { cwd: join(root, from) }))).toSorted();
    for (const path of paths) {
      const whole = join(root, from, path);
      if (!isCarried(whole) || !(await stat(whole)).isFile()) continue;
      assets[`${to}${path}`] = whole;
      sum.update(`${to}${path}\0`).update(await readFile(whole));
    }
  }
  const dist = join(folder, "dist");
  for (const path of await Array.fromAsync(glob("**/*.*", { cwd: dist }))) {
    assets[`dist/${path}`] = join(dist, path);
  }
  const digest = join(folder, "files.sha256");
  await writeFile(digest, sum.digest("hex"));
  return { ...assets, "files.sha256": digest };
}

/** The Node without its symbols, a fifth of its size. One that is stripped after the build does not start. */
async function stripped(node: string, folder: string): Promise<string> {
  const copy = join(folder, "node");
  await cp(node, copy, { dereference: true });
  // A Mac's strip breaks the signature, and not every machine has one.
  if (process.platform === "linux") await run("strip", [copy]).catch(() => undefined);
  return copy;
}

async function must(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  const { code, stdout, stderr } = await run(program, args, { env, timeoutMs: 300_000 });
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr || stdout}`);
}
