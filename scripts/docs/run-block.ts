import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { run, type RunResult } from "@mlx-download/test-utils/run";
import { packageName, scope, workspacePackages } from "../checks/packages.ts";
import { hubEnvironment } from "../hub-environment.ts";
import type { FencedBlock } from "./fenced-blocks.ts";

/** Packages run from their sources here, as in the tests. */
const condition = "--conditions=@mlx-download/source";

/** A folder like a reader's project: every package can be imported, `mlx-download` is on its PATH. */
export interface ReaderProject {
  readonly dir: string;
  readonly env: NodeJS.ProcessEnv;
}

/** Makes such a project in the empty folder `dir`, with its own HF_HOME and `endpoint` as its Hub. */
export async function readerProject(
  dir: string,
  { root, endpoint }: { readonly root: string; readonly endpoint: string },
): Promise<ReaderProject> {
  const modules = join(dir, "node_modules");
  const bin = join(dir, "bin");
  await mkdir(join(modules, scope), { recursive: true });
  await mkdir(bin);
  for (const { folder, dir: target } of await workspacePackages(root)) {
    await symlink(target, join(modules, packageName(folder)));
  }
  await standIn(join(dir, "node_modules/@defai.digital/mlx-serving"));
  const command = join(bin, "mlx-download");
  const program =
    process.env["MLX_DOWNLOAD_BUILT"] === "1"
      ? `"${join(root, "packages/cli/dist/bin.js")}"`
      : `${condition} "${join(root, "packages/cli/src/bin.ts")}"`;
  await writeFile(command, `#!/bin/sh\nexec "${process.execPath}" ${program} "$@"\n`);
  await chmod(command, 0o755);
  await writeFile(join(dir, "package.json"), `{ "private": true, "type": "module" }\n`);
  const env = hubEnvironment(process.env, { endpoint, home: join(dir, "home") });
  env["PATH"] = [bin, dirname(process.execPath), process.env["PATH"]].join(delimiter);
  return { dir, env };
}

/** What examples import as the mlx-serving engine, which no registry has: our double of it. */
async function standIn(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const manifest = { name: "@defai.digital/mlx-serving", type: "module", exports: "./index.js" };
  await writeFile(join(folder, "package.json"), JSON.stringify(manifest));
  // The module-level functions share one engine, as the package's do.
  const source = `
    import { createEngine } from "${scope}engine-adapter/testing";
    export * from "${scope}engine-adapter/testing";
    let engine = null;
    export const getEngine = () => engine;
    export const load_model = async (options) => (engine ??= await createEngine()).loadModel(options);
    export const generate = ({ descriptor: { id } }, prompt) => engine.generate({ model: id, prompt });
    export const shutdown = async () => { await engine?.shutdown(); engine = null; };
  `;
  await writeFile(join(folder, "index.js"), source);
}

/** Runs a `sh` block with bash, ending at the first failure, or a `ts` block as a program. */
export async function runBlock(
  { language, code, line }: FencedBlock,
  { dir, env }: ReaderProject,
): Promise<RunResult> {
  const path = join(dir, `block-${line}.${language}`);
  await writeFile(path, code);
  switch (language) {
    case "sh":
      return run("bash", ["-eu", "-o", "pipefail", path], { cwd: dir, env });
    case "ts":
      return run(process.execPath, [condition, path], { cwd: dir, env });
    default:
      throw new Error(`a block of "${language}" cannot be run: only sh and ts can`);
  }
}
