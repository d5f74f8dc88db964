import { readdir, readFile, writeFile } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestHub, tinyModelFiles } from "@mlx-download/hub-server/testing";
import { pythonEnv, run, tempDir, type RunResult } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { bringNode, lowestNode } from "./bootstrap/toolchain.mjs";
import { packAll } from "./checks/published.ts";
import { hubEnvironment } from "./hub-environment.ts";

const root = fileURLToPath(new URL("..", import.meta.url));

/** The Node that runs this, first on PATH, and nothing of the workspace's own. */
const env: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`,
};
delete env["NODE_OPTIONS"];

/** An empty project with every packed package installed by npm. */
async function project(): Promise<string> {
  // What was just built is in use by the tests beside this one.
  if (env["MLX_DOWNLOAD_BUILT"] !== "1") {
    const turbo = join(root, "node_modules/.bin/turbo");
    const build = await run(turbo, ["run", "build"], { cwd: root, env });
    expect(build.code, build.stdout + build.stderr).toBe(0);
  }
  const tarballs = await packAll(root, await tempDir());
  const dir = await tempDir();
  await writeFile(join(dir, "package.json"), JSON.stringify({ name: "empty", private: true }));
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", ...tarballs.values()];
  const install = await run("npm", args, { cwd: dir, env, timeoutMs: 300_000 });
  expect(install.code, install.stdout + install.stderr).toBe(0);
  return dir;
}

/** Every file that is published is read by the oldest Node that the packages promise, and a download runs on it. */
async function runsOnLowestNode(dir: string, endpoint: string): Promise<void> {
  const node = await bringNode(lowestNode, join(root, ".toolchain"));
  if (node === undefined) {
    console.log(`skipped: no registry has Node ${lowestNode} for this machine`);
    return;
  }
  const home = join(dir, "home-lowest");
  const scope = join(dir, "node_modules/@mlx-download");
  const options = { cwd: dir, env: hubEnvironment(env, { endpoint, home }) };
  const files = await readdir(scope, { recursive: true });
  const published = files.filter((path) => /[\\/]dist[\\/].*\.js$/u.test(path));
  expect(published.length).toBeGreaterThan(50);
  // Compiled as modules, in one process: `node --check` takes one file.
  const compile = `const fs = require("node:fs"); const { SourceTextModule } = require("node:vm");
    for (const path of process.argv.slice(1)) {
      try { new SourceTextModule(fs.readFileSync(path, "utf8").replace(/^#!.*/u, "")); }
      catch (error) { console.log(path, String(error)); }
    }`;
  const paths = published.map((path) => join(scope, path));
  const flags = ["--experimental-vm-modules", "--no-warnings", "-e", compile];
  const compiled = await run(node, [...flags, ...paths], options);
  expect(compiled).toMatchObject({ code: 0, stdout: "" });
  const bin = join(scope, "cli/dist/bin.js");
  const download = await run(node, [bin, "mlx-community/tiny"], options);
  expect(download.code, download.stderr).toBe(0);
}

test(
  "from tarballs in an empty project: import, require and npx work",
  { timeout: 400_000 },
  async () => {
    const dir = await project();
    const node = (...args: readonly string[]): Promise<RunResult> =>
      run(process.execPath, args, { cwd: dir, env });

    for (const name of [
      "cache",
      "core",
      "fit",
      "xet",
      "registry",
      "catalogue",
      "engine-adapter",
      "engine-adapter/testing",
      "python-bridge",
      "web",
    ] as const) {
      const show = `console.log(JSON.stringify(Object.keys(library).toSorted()))`;
      const esm = await node(
        "--input-type=module",
        "-e",
        `import * as library from "@mlx-download/${name}"; ${show}`,
      );
      const cjs = await node("-e", `const library = require("@mlx-download/${name}"); ${show}`);
      expect(esm.stderr + cjs.stderr).toBe("");
      const known = {
        cache: "repoLayout",
        core: "download",
        fit: "describeModel",
        xet: "fileHash",
        registry: "openRegistry",
        catalogue: "readCatalogue",
        "engine-adapter": "loadOrDownloadModel",
        "engine-adapter/testing": "createEngine",
        "python-bridge": "PythonBackend",
        web: "startWeb",
      };
      expect(JSON.parse(esm.stdout)).toContain(known[name]);
      expect(JSON.parse(cjs.stdout)).toEqual(JSON.parse(esm.stdout));
    }

    // Its runtime is a file of its own, started by path.
    const engine = await node(
      "--input-type=module",
      "-e",
      `import { createEngine } from "@mlx-download/engine-adapter/testing"; const engine = await createEngine(); await engine.shutdown(); console.log("ended")`,
    );
    expect(engine.stdout, engine.stderr).toBe("ended\n");

    const version = await run("npx", ["--no", "mlx-download", "--version"], { cwd: dir, env });
    expect(version).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/u) });

    const hub = await startTestHub();
    onTestFinished(() => hub.close());
    const files = tinyModelFiles();
    await hub.addRepo("mlx-community/tiny", files);
    const download = await run("npx", ["--no", "mlx-download", "mlx-community/tiny"], {
      cwd: dir,
      env: hubEnvironment(env, { endpoint: hub.url, home: join(dir, "home") }),
    });
    expect(download.code, download.stderr).toBe(0);
    const path = download.stdout.trim();
    const found = await run("npx", ["--no", "mlx-download", "path", "mlx-community/tiny"], {
      cwd: dir,
      env: hubEnvironment(env, { endpoint: hub.url, home: join(dir, "home") }),
    });
    expect(found).toMatchObject({ code: 0, stdout: download.stdout });
    // What Python runs is not in what Node imports, and must have come along all the same.
    const python = pythonEnv("hub-2.4.0")?.python;
    if (python !== undefined) {
      const args = ["--no", "mlx-download", "mlx-community/tiny", "--backend", "python"];
      const home = join(dir, "python-home");
      const environment = hubEnvironment(env, { endpoint: hub.url, home });
      const bridged = await run("npx", args, {
        cwd: dir,
        env: { ...environment, PYTHON_PATH: python },
      });
      expect(bridged.code, bridged.stderr).toBe(0);
      expect(basename(bridged.stdout.trim())).toBe(basename(path));
    }
    await runsOnLowestNode(dir, hub.url);
    for (const [name, content] of Object.entries(files)) {
      expect((await readFile(join(path, name))).equals(Buffer.from(content)), name).toBe(true);
    }
  },
);
