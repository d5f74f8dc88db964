import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestHub, type TestHub, tinyModelFiles } from "@mlx-download/hub-server/testing";
import { pythonEnv, run, type RunResult, tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { bringNode, lowestNode } from "./bootstrap/toolchain.mjs";
import { command, packageName } from "./checks/packages.ts";
import { packAll } from "./checks/published.ts";
import { hubEnvironment } from "./hub-environment.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const repo = "mlx-community/tiny";

/** The Node that runs this, first on PATH, and nothing of the workspace's own. */
const env: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`,
};
delete env["NODE_OPTIONS"];

let tarballs: Promise<ReadonlyMap<string, string>> | undefined;

/** Every package as it would be published, packed once for the tests of this file. */
function packed(): Promise<ReadonlyMap<string, string>> {
  tarballs ??= (async () => {
    // What was just built is in use by the tests beside this one.
    if (env["MLX_DOWNLOAD_BUILT"] !== "1") {
      const turbo = join(root, "node_modules/.bin/turbo");
      const build = await run(turbo, ["run", "build"], { cwd: root, env });
      expect(build.code, build.stdout + build.stderr).toBe(0);
    }
    const folder = join(root, "node_modules/.cache/packed");
    await mkdir(folder, { recursive: true });
    return packAll(root, folder);
  })();
  return tarballs;
}

/** An empty project in which npm has installed these tarballs. */
async function project(installed: readonly string[]): Promise<string> {
  const dir = await tempDir();
  await writeFile(join(dir, "package.json"), JSON.stringify({ name: "empty", private: true }));
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...installed];
  const install = await run("npm", args, { cwd: dir, env, timeoutMs: 300_000 });
  expect(install.code, install.stdout + install.stderr).toBe(0);
  return dir;
}

async function hubWithModel(): Promise<TestHub> {
  const hub = await startTestHub();
  onTestFinished(() => hub.close());
  await hub.addRepo(repo, tinyModelFiles());
  return hub;
}

/** Fails for a published file below `scope` that the oldest Node that the packages promise cannot read. */
async function readableByLowestNode(node: string, scope: string): Promise<void> {
  const files = await readdir(scope, { recursive: true });
  const published = files.filter((path) => /(?:^|[\\/])dist[\\/](?!files).*\.js$/u.test(path));
  expect(published.length).toBeGreaterThan(30);
  // Compiled as modules, in one process: `node --check` takes one file.
  const compile = `const fs = require("node:fs"); const { SourceTextModule } = require("node:vm");
    for (const path of process.argv.slice(1)) {
      try { new SourceTextModule(fs.readFileSync(path, "utf8").replace(/^#!.*/u, "")); }
      catch (error) { console.log(path, String(error)); }
    }`;
  const paths = published.map((path) => join(scope, path));
  const flags = ["--experimental-vm-modules", "--no-warnings", "-e", compile];
  const compiled = await run(node, [...flags, ...paths]);
  expect(compiled).toMatchObject({ code: 0, stdout: "" });
}

async function lowestNodeHere(): Promise<string | undefined> {
  const node = await bringNode(lowestNode, join(root, ".toolchain"));
  if (node === undefined)
    console.log(`skipped: no registry has Node ${lowestNode} for this machine`);
  return node;
}

/**
 * TypeScript takes every value of every entry by `require` and by `import`, as it reads modules since node16, and the types
 * of the libraries are sound themselves (`skipLibCheck` off).
 */
async function typeChecks(
  dir: string,
  values: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const uses = (open: (at: number, name: string) => string): string =>
    [...values]
      .map(([name, keys], at) => {
        const all = keys.map((key) => `library${at}.${key}`).join(", ");
        return `${open(at, `@mlx-download/${name}`)}\nvoid [${all}];\n`;
      })
      .join("");
  const caught = `
export async function caught(ref: string): Promise<string | undefined> {
  try {
    const result: DownloadResult = await download(ref);
    return result.path;
  } catch (error) {
    if (!(error instanceof ModelDownloadError)) throw error;
    const known: ModelDownloadError = error;
    return known.hint;
  }
}`;
  const names = `import { download, type DownloadResult, ModelDownloadError } from "@mlx-download/core";\n`;
  const required = uses((at, name) => `import library${at} = require("${name}");`);
  const imported = uses((at, name) => `import * as library${at} from "${name}";`);
  await writeFile(join(dir, "required.cts"), `${names}${required}${caught}`);
  await writeFile(join(dir, "imported.mts"), `${names}${imported}${caught}`);
  const tsc = join(root, "node_modules/.bin/tsc");
  const types = ["--typeRoots", join(root, "node_modules/@types"), "--types", "node"];
  const lib = ["--target", "es2024", "--lib", "es2024,esnext.disposable"];
  const args = ["--noEmit", "--strict", "--skipLibCheck", "false", ...lib, ...types];
  for (const module of ["node16", "nodenext"]) {
    const files = ["--module", module, "required.cts", "imported.mts"];
    const checked = await run(tsc, [...args, ...files], { cwd: dir, env });
    expect(checked, module).toMatchObject({ code: 0, stdout: "" });
  }
}

test(
  "the libraries from tarballs in an empty project: import and require work",
  { timeout: 400_000 },
  async () => {
    const all = [...(await packed())].filter(([name]) => name !== command.name);
    const dir = await project(all.map(([, tarball]) => tarball));
    const node = (...args: readonly string[]): Promise<RunResult> =>
      run(process.execPath, args, { cwd: dir, env });
    const known = {
      cache: "repoLayout",
      core: "download",
      fit: "describeModel",
      xet: "fileHash",
      registry: "openRegistry",
      project: "installModels",
      catalogue: "readCatalogue",
      "engine-adapter": "loadOrDownloadModel",
      "engine-adapter/testing": "createEngine",
      "python-bridge": "PythonBackend",
      web: "startWeb",
    };
    const values = new Map<string, readonly string[]>();
    for (const [name, one] of Object.entries(known)) {
      const show = `console.log(JSON.stringify(Object.keys(library).toSorted()))`;
      const esm = await node(
        "--input-type=module",
        "-e",
        `import * as library from "${packageName(name)}"; ${show}`,
      );
      const cjs = await node("-e", `const library = require("${packageName(name)}"); ${show}`);
      expect(esm.stderr + cjs.stderr).toBe("");
      expect(JSON.parse(esm.stdout)).toContain(one);
      expect(JSON.parse(cjs.stdout)).toEqual(JSON.parse(esm.stdout));
      values.set(name, JSON.parse(esm.stdout) as readonly string[]);
    }
    await typeChecks(dir, values);

    // Its runtime is a file of its own, started by path.
    const engine = await node(
      "--input-type=module",
      "-e",
      `import { createEngine } from "@mlx-download/engine-adapter/testing"; const engine = await createEngine(); await engine.shutdown(); console.log("ended")`,
    );
    expect(engine.stdout, engine.stderr).toBe("ended\n");

    const lowest = await lowestNodeHere();
    if (lowest === undefined) return;
    await readableByLowestNode(lowest, join(dir, "node_modules/@mlx-download"));
    const hub = await hubWithModel();
    const download = `import { downloadModel } from "@mlx-download/core"; console.log((await downloadModel("${repo}")).repoId)`;
    const environment = hubEnvironment(env, { endpoint: hub.url, home: join(dir, "home") });
    const options = { cwd: dir, env: environment };
    const downloaded = await run(lowest, ["--input-type=module", "-e", download], options);
    expect(downloaded.stdout, downloaded.stderr).toBe(`${repo}\n`);
  },
);

test(
  "the command from its tarball in an empty project: one package of under 1 MB to fetch, and all that it carries is found",
  { timeout: 400_000 },
  async () => {
    const tarball = (await packed()).get(command.name) ?? "";
    const dir = await project([tarball]);
    const modules = (await readdir(join(dir, "node_modules"))).filter(
      (one) => !one.startsWith("."),
    );
    expect(modules).toEqual([command.name]);
    const own = join(dir, "node_modules", command.name);
    expect((await stat(tarball)).size).toBeLessThan(1_000_000);
    expect(await sizeOf(own)).toBeLessThan(3_000_000);

    const hub = await hubWithModel();
    const home = join(dir, "home");
    const environment = hubEnvironment(env, { endpoint: hub.url, home });
    const npx = (...words: readonly string[]): Promise<RunResult> =>
      run("npx", ["--no", "--", command.name, ...words], { cwd: dir, env: environment });
    const { version } = JSON.parse(await readFile(join(own, "package.json"), "utf8")) as {
      readonly version: string;
    };
    // With npx's own options ended: else it answers with its own version.
    expect(await npx("--version")).toMatchObject({ code: 0, stdout: `${version}\n` });

    // The code is minified. With --debug a stack leads to the source.
    const dead = ["--endpoint", "http://127.0.0.1:9", "--debug"];
    const { stderr } = await npx("get", "org/x", ...dead);
    const places = [...stderr.matchAll(/(packages\/[\w./-]+\.ts):(\d+)\b/gu)];
    expect(places.length, stderr).toBeGreaterThan(3);
    expect(stderr).not.toContain("dist/bin");
    const [, path = "", line] = places[0] ?? [];
    const source = (await readFile(join(root, path), "utf8")).split("\n")[Number(line) - 1];
    expect(source, `${path}:${line}`).toContain("new ModelDownloadError(");

    // The threads that write, hash and scan.
    const download = await npx(repo);
    expect(download.code, download.stderr).toBe(0);
    const folder = download.stdout.trim();
    expect(await npx("path", repo)).toMatchObject({ code: 0, stdout: download.stdout });
    expect(await npx("verify")).toMatchObject({ code: 0 });
    for (const [name, content] of Object.entries(tinyModelFiles())) {
      expect((await readFile(join(folder, name))).equals(Buffer.from(content)), name).toBe(true);
    }
    // The version reaches the Hub as well.
    const agents = hub.log.entries.map(({ userAgent }) => userAgent?.split(";")[0]);
    expect(new Set(agents)).toEqual(new Set([`${command.name}/${version}`]));

    // The catalogue, the page, the schemas, the man page and the notices.
    expect(await npx("search", "llama", "--offline")).toMatchObject({ code: 0 });
    expect(await pageOf(join(own, "dist/bin.js"), environment)).toContain("<!doctype html>");
    for (const file of ["schema/output.schema.json", "man/mlx-download.1", "LICENSE"]) {
      expect((await stat(join(own, file))).size, file).toBeGreaterThan(1_000);
    }
    expect(await readFile(join(own, "dist/THIRD-PARTY-NOTICES.txt"), "utf8")).toMatch(
      /^undici \d[^]*Permission is hereby granted/mu,
    );
    const library = `console.log(Object.keys(library).toSorted().join())`;
    for (const args of [
      ["--input-type=module", "-e", `import * as library from "${command.name}"; ${library}`],
      ["-e", `const library = require("${command.name}"); ${library}`],
    ]) {
      const imported = await run(process.execPath, args, { cwd: dir, env });
      expect(imported.stdout, imported.stderr).toBe("exitCodeOf,runCli\n");
    }

    // What Python runs is not in what Node imports, and must have come along all the same.
    const python = pythonEnv("hub-2.4.0")?.python;
    if (python !== undefined) {
      environment["PYTHON_PATH"] = python;
      environment["HF_HOME"] = join(dir, "python-home");
      const bridged = await npx(repo, "--backend", "python");
      expect(bridged.code, bridged.stderr).toBe(0);
      expect(basename(bridged.stdout.trim())).toBe(basename(folder));
    }

    const lowest = await lowestNodeHere();
    if (lowest === undefined) return;
    await readableByLowestNode(lowest, own);
    const other = hubEnvironment(env, { endpoint: hub.url, home: join(dir, "home-lowest") });
    const onLowest = await run(lowest, [join(own, "dist/bin.js"), repo], { cwd: dir, env: other });
    expect(onLowest.code, onLowest.stderr).toBe(0);
  },
);

/** The bytes of all files below `dir`. */
async function sizeOf(dir: string): Promise<number> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = await Promise.all(files.map(async (one) => stat(join(one.parentPath, one.name))));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}

/** What `mlx-download web` answers at its address. */
async function pageOf(bin: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn(process.execPath, [bin, "web", "--no-open", "--json"], { env: environment });
  onTestFinished(() => void child.kill("SIGKILL"));
  let text = "";
  for await (const chunk of child.stdout) {
    text += String(chunk);
    if (text.includes("\n")) break;
  }
  const { url } = JSON.parse(text.split("\n")[0] ?? "") as { readonly url: string };
  const page = await (await fetch(url)).text();
  child.kill("SIGTERM");
  return page;
}
