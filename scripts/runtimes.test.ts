// Other runtimes than Node, Yarn's Plug'n'Play and Electron's archives, from npm: the packed libraries download, verify and
// scan there with their threads. Skipped with the reason where a runtime does not install.
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { startTestHub, type TestHub } from "@mlx-download/hub-server/testing";
import { run, tempDir } from "@mlx-download/test-utils";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packAll } from "./checks/published.ts";
import { hubEnvironment } from "./hub-environment.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const versions = {
  bun: "1.4.5",
  deno: "2.9.6",
  "@yarnpkg/cli-dist": "4.18.1",
  "@electron/asar": "4.3.2",
};
/** Large enough for the threads. */
const LARGE = 64_000_000;
const APP = `
import { scanCache } from "@mlx-download/cache";
import { download, verifyModels } from "@mlx-download/core";

const warnings = [];
process.on("warning", ({ code }) => code?.startsWith("transfer/") && warnings.push(code));
const options = { cacheDir: process.argv[2], token: false };
const { bytes } = await download("acme/large", options);
const { checked, bad } = await verifyModels(["acme/large"], { ...options, force: true });
const repos = (await scanCache(options.cacheDir)).repos.length;
console.log(JSON.stringify({ fetched: bytes.fetched, checked, bad: bad.length, repos, warnings }));
`;

let hub: TestHub;
let folder: string;
let tarballs: ReadonlyMap<string, string>;
/** Where npm put the runtimes; undefined where it cannot. */
let tools: string | undefined;

beforeAll(async () => {
  if (process.env["MLX_DOWNLOAD_BUILT"] !== "1") {
    const built = await run(join(root, "node_modules/.bin/turbo"), ["run", "build"], { cwd: root });
    if (built.code !== 0) throw new Error(built.stdout + built.stderr);
  }
  hub = await startTestHub();
  await hub.addRepo("acme/large", {
    "config.json": "{}",
    "model.safetensors": { size: LARGE, seed: 1 },
  });
  folder = await mkdtemp(join(tmpdir(), "mlx-download-runtimes-"));
  const dir = join(folder, "tools");
  await mkdir(dir);
  tarballs = await packAll(root, folder);
  await writeFile(join(dir, "package.json"), "{}");
  const wanted = Object.entries(versions).map(([name, version]) => `${name}@${version}`);
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...wanted];
  const installed = await run("npm", args, { cwd: dir, timeoutMs: 300_000 });
  if (installed.code === 0) tools = join(dir, "node_modules");
  else
    process.stderr.write(`skipped: bun, deno, yarn and asar do not install\n${installed.stderr}\n`);
}, 400_000);
afterAll(async () => {
  await hub?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** A project with the libraries, and the app in it. */
async function project(install: (dir: string) => Promise<void>): Promise<string> {
  const dir = await tempDir();
  const own = [...tarballs].filter(([name]) => /\/(?:cache|core|fit|xet)$/u.test(name));
  const dependencies = Object.fromEntries(own.map(([name, path]) => [name, `file:${path}`]));
  const manifest = { private: true, type: "module", dependencies, resolutions: dependencies };
  await writeFile(join(dir, "package.json"), JSON.stringify(manifest));
  await writeFile(join(dir, "app.mjs"), APP);
  await install(dir);
  return dir;
}

async function withNpm(dir: string): Promise<void> {
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts"];
  const { code, stderr } = await run("npm", args, { cwd: dir, timeoutMs: 300_000 });
  expect(code, stderr).toBe(0);
}

/** The registry that npm reaches, and another program does not. */
class UnreachableError extends Error {}

async function withYarn(dir: string): Promise<void> {
  const registry = (await run("npm", ["config", "get", "registry"])).stdout.trim();
  const env = {
    ...process.env,
    YARN_ENABLE_TELEMETRY: "0",
    YARN_ENABLE_SCRIPTS: "0",
    YARN_ENABLE_GLOBAL_CACHE: "0",
    YARN_ENABLE_IMMUTABLE_INSTALLS: "0",
    YARN_NODE_LINKER: "pnp",
    YARN_NPM_REGISTRY_SERVER: registry,
    YARN_UNSAFE_HTTP_WHITELIST: "*",
  };
  const yarn = join(tools ?? "", "@yarnpkg/cli-dist/bin/yarn.js");
  const { code, stdout } = await run(process.execPath, [yarn, "install"], { cwd: dir, env });
  // Yarn has its own ways to a registry: a proxy or an authority that npm knows may be unknown to it.
  if (stdout.includes("RequestError")) throw new UnreachableError(stdout);
  expect(code, stdout).toBe(0);
}

/**
 * An app as Electron's packagers leave it: everything in one archive. Electron itself installs from no registry, so hooks
 * read the modules out of the archive. The files stay as names for Node's resolution, and are empty.
 */
async function withArchive(dir: string): Promise<void> {
  await withNpm(dir);
  const asar = join(tools ?? "", "@electron/asar/bin/asar.mjs");
  const archive = join(dir, "app.asar");
  const { code, stderr } = await run(process.execPath, [asar, "pack", dir, archive]);
  expect(code, stderr).toBe(0);
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && entry.name !== "package.json" && path !== archive) await truncate(path);
  }
  const { href } = pathToFileURL(join(tools ?? "", "@electron/asar/lib/asar.js"));
  await writeFile(
    join(dir, "archive.mjs"),
    `import { registerHooks } from "node:module";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { extractFile } from ${JSON.stringify(href)};
registerHooks({
  load(url, context, next) {
    const path = url.startsWith("file:") ? relative(import.meta.dirname, fileURLToPath(url)) : "..";
    if (path.startsWith("..")) return next(url, context);
    const source = extractFile(import.meta.dirname + "/app.asar", path);
    return { format: context.format ?? "commonjs", source, shortCircuit: true };
  },
});
`,
  );
}

/** The program of a package that has one for each platform. */
async function programBelow(scope: string, path: string): Promise<string | undefined> {
  const [platform] = await readdir(join(tools ?? "", scope)).catch(() => []);
  return platform === undefined ? undefined : join(tools ?? "", scope, platform, path);
}

test.for<
  [
    name: string,
    install: (dir: string) => Promise<void>,
    command: () => Promise<readonly string[] | undefined>,
  ]
>([
  [
    "Bun",
    withNpm,
    async () => {
      const bun = await programBelow("@oven", "bin/bun");
      return bun === undefined ? undefined : [bun];
    },
  ],
  [
    "Deno",
    withNpm,
    async () => {
      const deno = await programBelow("@deno", "deno");
      return deno === undefined ? undefined : [deno, "run", "-A"];
    },
  ],
  [
    "Node under Yarn's Plug'n'Play",
    withYarn,
    () =>
      Promise.resolve([
        process.execPath,
        "--no-warnings=ExperimentalWarning",
        "--require=./.pnp.cjs",
        "--experimental-loader=./.pnp.loader.mjs",
      ]),
  ],
  [
    "Node out of an Electron archive",
    withArchive,
    () => Promise.resolve([process.execPath, "--import=./archive.mjs"]),
  ],
])(
  "%s: the libraries download, verify and scan, with their threads",
  { timeout: 400_000 },
  async ([name, install, command], { skip }) => {
    const words = tools === undefined ? undefined : await command();
    if (words === undefined) {
      process.stderr.write(`skipped: ${name} does not install here\n`);
      return skip();
    }
    const dir = await project(install).catch((error: unknown) => {
      if (error instanceof UnreachableError) return undefined;
      throw error;
    });
    if (dir === undefined) {
      process.stderr.write(`skipped: ${name} does not reach the registry\n`);
      return skip();
    }
    const home = join(dir, "home");
    const env = hubEnvironment(process.env, { endpoint: hub.url, home });
    delete env["NODE_OPTIONS"];
    const [program = "", ...args] = words;
    const ran = await run(program, [...args, "app.mjs", join(home, "hub")], { cwd: dir, env });
    expect(ran.code, ran.stderr).toBe(0);
    expect(JSON.parse(ran.stdout)).toEqual({
      fetched: LARGE + 2,
      checked: 2,
      bad: 0,
      repos: 1,
      warnings: [],
    });
    expect(ran.stderr).not.toMatch(/rror/u);
    const [model = ""] = (await readdir(join(home, "hub"))).filter((it) => it.startsWith("models"));
    const refs = join(home, "hub", model, "refs/main");
    expect(await readFile(refs, "utf8")).toMatch(/^[0-9a-f]{40}$/u);
  },
);
