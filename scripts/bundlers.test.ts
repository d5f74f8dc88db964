// Programs that use the packages are bundled with what people bundle with, moved to where no package can be found, and
// run: they download, verify and scan there as they do unbundled.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestHub, type TestHub, tinyModelFiles } from "@mlx-download/hub-server/testing";
import { run, tempDir } from "@mlx-download/test-utils";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hubEnvironment } from "./hub-environment.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const LARGE = 64_000_000;
const XET = 4_000_000;
/** So many that threads are worth their while, where cores are idle. */
const REPOS = 300;

const APP = `
import { scanCache } from "@mlx-download/cache";
import { download, verifyModels } from "@mlx-download/core";

const cacheDir = process.argv[2];
const warnings = [];
process.on("warning", ({ code }) => warnings.push(code));
const onEvent = (event) => event.type === "warning" && warnings.push(event.code);
const report = {};
async function main() {
  for (const ref of ["acme/tiny", "acme/large", "acme/xet"]) {
    const xet = ref === "acme/xet" ? "on" : "off";
    const { bytes, files } = await download(ref, { cacheDir, onEvent, token: false, xet });
    report[ref] = { fetched: bytes.fetched, files: files.length };
  }
  const { checked, bad } = await verifyModels(["acme/tiny", "acme/large", "acme/xet"], { cacheDir, force: true });
  report.verified = { checked, bad: bad.length };
  report.repos = (await scanCache(cacheDir)).repos.length;
  report.warnings = [...new Set(warnings)].sort();
  console.log(JSON.stringify(report));
}
main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
`;

interface Bundled {
  /** What Node is started with. */
  readonly file: string;
}

let hub: TestHub;
let entry: string;

beforeAll(async () => {
  if (process.env["MLX_DOWNLOAD_BUILT"] !== "1") {
    const turbo = join(root, "node_modules/.bin/turbo");
    const build = await run(turbo, ["run", "build", "--filter=@mlx-download/core"], { cwd: root });
    if (build.code !== 0) throw new Error(build.stdout + build.stderr);
  }
  hub = await startTestHub({ xet: true });
  await hub.addRepo("acme/tiny", tinyModelFiles());
  await hub.addRepo("acme/large", {
    "config.json": "{}",
    "model.safetensors": { size: LARGE, seed: 1 },
  });
  await hub.addRepo("acme/xet", { "model.safetensors": { size: XET, seed: 2 } });
  // Where the packages can be found while it is bundled, and nothing is looked for by tests.
  const dir = join(root, "packages/engine-adapter/node_modules/.bundlers");
  await mkdir(dir, { recursive: true });
  entry = join(dir, "app.js");
  await writeFile(entry, APP);
}, 300_000);
afterAll(() => hub?.close());

const bundlers: Readonly<Record<string, (outDir: string) => Promise<Bundled>>> = {
  async "esbuild (ESM)"(outDir) {
    const file = join(outDir, "app.mjs");
    const { build } = await import("esbuild");
    // undici asks for Node's modules by require, which esbuild's modules lack without this line of its documentation.
    const js = `import { createRequire } from "node:module"; const require = createRequire(import.meta.url);`;
    const format = { format: "esm", outfile: file, banner: { js } } as const;
    await build({ entryPoints: [entry], bundle: true, platform: "node", ...format });
    return { file };
  },
  async "esbuild (CommonJS, minified)"(outDir) {
    const file = join(outDir, "app.cjs");
    const { build } = await import("esbuild");
    const format = { format: "cjs", outfile: file, minify: true, logLevel: "error" } as const;
    await build({ entryPoints: [entry], bundle: true, platform: "node", ...format });
    return { file };
  },
  async rollup(outDir) {
    const file = join(outDir, "app.mjs");
    const plugins = [
      `node-resolve={ preferBuiltins: true, exportConditions: ["node"] }`,
      "commonjs",
      "json",
    ].flatMap((plugin) => ["--plugin", plugin]);
    const to = ["--format", "es", "--inlineDynamicImports", "--silent", "--file", file];
    const rollup = join(root, "node_modules/.bin/rollup");
    const { code, stderr } = await run(rollup, [entry, ...plugins, ...to], { cwd: root });
    expect(code, stderr).toBe(0);
    return { file };
  },
  async rolldown(outDir) {
    const file = join(outDir, "app.mjs");
    const { rolldown } = await import("rolldown");
    const bundle = await rolldown({ input: entry, platform: "node" });
    await bundle.write({ dir: outDir, entryFileNames: "app.mjs" });
    await bundle.close();
    return { file };
  },
  async "vite (noExternal)"(outDir) {
    const { build } = await import("vite");
    await build({
      root: join(entry, ".."),
      configFile: false,
      logLevel: "error",
      ssr: { noExternal: true },
      build: {
        ssr: entry,
        outDir,
        emptyOutDir: true,
        rolldownOptions: { output: { entryFileNames: "app.mjs" } },
      },
    });
    return { file: join(outDir, "app.mjs") };
  },
  async webpack(outDir) {
    const { default: webpack } = await import("webpack");
    const output = { path: outDir, filename: "app.cjs" };
    // Minifying takes it most of a minute, and esbuild's case has it.
    const optimization = { minimize: false };
    const compiler = webpack({ mode: "production", target: "node", entry, output, optimization });
    await new Promise<void>((resolve, reject) => {
      compiler?.run((error, stats) => {
        if (error) reject(error);
        else if (stats?.hasErrors()) reject(new Error(stats.toString("errors-only")));
        else resolve();
      });
    });
    return { file: join(outDir, "app.cjs") };
  },
};

const TINY_BYTES = Object.values(tinyModelFiles()).reduce(
  (sum, content) => sum + Buffer.byteLength(content),
  0,
);
const EXPECTED = {
  "acme/tiny": { fetched: TINY_BYTES, files: Object.keys(tinyModelFiles()).length },
  "acme/large": { fetched: LARGE + 2, files: 2 },
  "acme/xet": { fetched: XET, files: 1 },
  verified: { checked: Object.keys(tinyModelFiles()).length + 3, bad: 0 },
  repos: REPOS + 3,
};

/** Runs a bundle in an empty cache, and gives what it reports. */
async function report(bundled: Bundled, flags: readonly string[] = []): Promise<object> {
  const home = await tempDir();
  const cacheDir = join(home, "hub");
  for (let index = 0; index < REPOS; index += 1) {
    await mkdir(join(cacheDir, `models--org--name-${index}`, "snapshots"), { recursive: true });
  }
  const env = hubEnvironment(process.env, { endpoint: hub.url, home });
  delete env["NODE_OPTIONS"];
  const args = [...flags, bundled.file, cacheDir];
  const { code, stdout, stderr } = await run(process.execPath, args, { cwd: home, env });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as object;
}

test.each(Object.entries(bundlers))(
  "bundled by %s, a program downloads, verifies and scans where no package is",
  { timeout: 300_000 },
  async (_name, bundle) => {
    const bundled = await bundle(await tempDir());
    const text = await readFile(bundled.file, "utf8");
    expect(text).not.toMatch(/from ?"@mlx-download|require\("@mlx-download/u);
    hub.log.clear();
    expect(await report(bundled)).toEqual({ ...EXPECTED, warnings: [] });
    // The decoder is WebAssembly in threads, and travels too.
    expect(hub.log.of({ target: "cdn", path: "model.safetensors", repoId: "acme/xet" })).toEqual(
      [],
    );
  },
);

test(
  "where a program may start no threads it works without them, and says so once",
  { timeout: 300_000 },
  async () => {
    const bundled = await bundlers["rolldown"]?.(await tempDir());
    const files = ["--allow-fs-read=*", "--allow-fs-write=*", "--allow-child-process"];
    const flags = ["--permission", ...files];
    expect(await report(bundled ?? { file: "" }, flags)).toEqual({
      ...EXPECTED,
      warnings: ["transfer/no-threads"],
    });
  },
);
