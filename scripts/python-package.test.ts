// The Python module as its users get it: wheel and sdist, installed by pip, pipx and uvx, each from PyPI. Its command ends
// with the exit codes of the command that Node runs. Each installer takes half a minute, so a normal run tries uvx alone and
// MLX_DOWNLOAD_RELEASE=1 all three. Skipped with the reason where an installer does not install.
import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestHub, tinyModelFiles, type TestHub } from "@mlx-download/hub-server/testing";
import { pythonEnv, run, type RunResult } from "@mlx-download/test-utils";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hubEnvironment } from "./hub-environment.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = join(root, "packages/python-bridge/python");
const REPO = "mlx-community/tiny";
const python = pythonEnv("hub-2.4.0");
const whole = process.env["MLX_DOWNLOAD_RELEASE"] === "1";

let hub: TestHub;
let folder: string;
let env: NodeJS.ProcessEnv;
/** The programs of the environment that builds: `python`, `uv`, `uvx`, `pipx`. */
let bin: string;
/** Why nothing can be built here. */
let problem: string | undefined;
let wheel: string;
let sdist: string;

const command = async (
  program: string,
  args: readonly string[],
  extra: NodeJS.ProcessEnv = {},
): Promise<RunResult> =>
  run(program, args, { cwd: folder, env: { ...env, ...extra }, timeoutMs: 240_000 });

beforeAll(async () => {
  if (!python) return;
  folder = await mkdtemp(join(tmpdir(), "mlx-download-python-"));
  hub = await startTestHub();
  await hub.addRepo(REPO, tinyModelFiles(), { tags: ["mlx"] });
  await hub.addRepo("acme/gated", { "a.txt": "b" }, { gated: "manual" });
  env = hubEnvironment(process.env, { endpoint: hub.url, home: join(folder, "hf") });
  bin = join(folder, "tools/bin");
  const made = await command(python.python, ["-m", "venv", join(folder, "tools")]);
  const pip = ["-m", "pip", "install", "--quiet", "--no-input", "uv", ...(whole ? ["pipx"] : [])];
  const tools = made.code === 0 ? await command(join(bin, "python"), pip) : made;
  if (tools.code !== 0) {
    problem = `uv and pipx do not install\n${tools.stdout}${tools.stderr}`;
    process.stderr.write(`skipped: ${problem}\n`);
    return;
  }
  await cp(source, join(folder, "source"), {
    recursive: true,
    filter: (path) => !path.endsWith("__pycache__"),
  });
  const dist = join(folder, "dist");
  await mkdir(dist);
  const built = await command(join(bin, "uv"), ["build", "source", "--out-dir", dist]);
  if (built.code !== 0) throw new Error(built.stdout + built.stderr);
  const names = (await readdir(dist)).map((name) => join(dist, name));
  wheel = names.find((name) => name.endsWith(".whl")) ?? "";
  sdist = names.find((name) => name.endsWith(".tar.gz")) ?? "";
}, 400_000);
afterAll(async () => {
  await hub?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** The command in front of its arguments, as the installer gives it. */
type Install = () => Promise<readonly [string, ...string[]]>;

const installers: Readonly<Record<string, Install>> = {
  async pip() {
    const home = join(folder, "by-pip");
    const steps = [
      await command(python?.python ?? "", ["-m", "venv", home]),
      await command(join(home, "bin/python"), ["-m", "pip", "install", "--quiet", wheel]),
    ];
    expect(
      steps.map(({ code }) => code),
      steps.at(-1)?.stderr,
    ).toEqual([0, 0]);
    return [join(home, "bin/mlx-download")];
  },
  async pipx() {
    Object.assign(env, {
      PIPX_HOME: join(folder, "pipx"),
      PIPX_BIN_DIR: join(folder, "by-pipx"),
      PIPX_MAN_DIR: join(folder, "pipx-man"),
    });
    const { code, stderr } = await command(join(bin, "pipx"), ["install", sdist]);
    expect(code, stderr).toBe(0);
    return [join(folder, "by-pipx/mlx-download")];
  },
  uvx: async () => [join(bin, "uvx"), "--quiet", "--from", wheel, "mlx-download"],
};

describe.skipIf(!python)("the Python package", () => {
  test("wheel and sdist hold license, addresses and types, and no tests", async ({ skip }) => {
    skip(problem !== undefined, problem);
    const list = `import sys, tarfile, zipfile
wheel, sdist = zipfile.ZipFile(sys.argv[1]), tarfile.open(sys.argv[2])
print(*wheel.namelist(), *sdist.getnames(), sep="\\n")
meta = next(name for name in wheel.namelist() if name.endswith("/METADATA"))
print(wheel.read(meta).decode())`;
    const { stdout, stderr } = await command(join(bin, "python"), ["-c", list, wheel, sdist]);
    expect(stderr).toBe("");
    const lines = stdout.split("\n");
    expect(
      lines.filter((name) => /(?:\/licenses|^mlx_download-[^/]+)\/LICENSE$/u.test(name)),
    ).toHaveLength(2);
    expect(lines).toContain("mlx_download/py.typed");
    expect(lines.filter((name) => /\/tests?\//u.test(name))).toEqual([]);
    for (const field of [
      "License-Expression: Apache-2.0",
      "Project-URL: Homepage, https://",
      "Project-URL: Repository, https://",
      "Project-URL: Issues, https://",
    ])
      expect(stdout).toContain(field);
  });

  test.each(Object.entries(installers).filter(([name]) => whole || name === "uvx"))(
    "%s installs a command that works, with the exit codes of the one that Node runs",
    { timeout: 400_000 },
    async (name, install) => {
      if (problem !== undefined) {
        process.stderr.write(`skipped: ${name}\n`);
        return;
      }
      const [program, ...before] = await install();
      const mlx = async (...args: string[]): Promise<RunResult> =>
        command(program, [...before, ...args]);
      const got = await mlx("download", REPO, "--quiet");
      expect(got.code, got.stderr).toBe(0);
      const files = await readdir(got.stdout.trimEnd());
      expect(files).toContain("config.json");
      expect(JSON.parse((await mlx("cache", "--json")).stdout)).toMatchObject([{ repo_id: REPO }]);
      const cli = join(root, "packages/cli/src/bin.ts");
      for (const args of [
        ["download", "acme/none"],
        ["download", `${REPO}@none`],
        ["download", "acme/gated"],
        ["download", "../escape"],
        ["list", "--sort", "nonsense"],
      ]) {
        const [theirs, ours] = await Promise.all([
          mlx(...args),
          command(process.execPath, ["--conditions=@mlx-download/source", cli, ...args]),
        ]);
        expect(theirs.code, `${args.join(" ")}\n${theirs.stderr}`).toBe(ours.code);
        expect(theirs.code).toBeGreaterThan(1);
      }
    },
  );
});
