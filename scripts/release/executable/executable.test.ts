import { mkdir, readdir, readFile, stat, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startTestHub } from "@mlx-download/hub-server/testing";
import { run, tempDir } from "@mlx-download/test-utils";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { hubEnvironment } from "../../hub-environment.ts";
import { buildExecutable } from "./executable.ts";
import { executableNode } from "./node.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
/** 120 MB are written and V8 compiles everything: half a minute. */
const whole = process.env["MLX_DOWNLOAD_RELEASE"] === "1";

describe.skipIf(!whole)("the single executable", { timeout: 300_000 }, () => {
  let executable = "";
  beforeAll(async () => {
    const node = await executableNode(root);
    const folder = join(root, "release/executable");
    executable =
      process.env["MLX_DOWNLOAD_EXECUTABLE"] ?? (await buildExecutable({ root, node, folder }));
  }, 300_000);

  /** Runs it where no Node is on the path, in an empty home. */
  async function stage() {
    const home = await tempDir();
    const hub = await startTestHub();
    onTestFinished(() => hub.close());
    const env: NodeJS.ProcessEnv = {
      ...hubEnvironment({ HOME: home, PATH: "/usr/bin:/bin" }, { endpoint: hub.url, home }),
      // Says which part V8 would not take compiled.
      NODE_DEBUG: "mlx-download",
    };
    const command = (...words: readonly string[]) =>
      run(executable, words, { cwd: home, env, timeoutMs: 60_000 });
    return { home, hub, env, command };
  }

  test("starts from what V8 compiled at the build", async () => {
    const { command } = await stage();
    for (const words of [["--version"], ["--help"], ["cache", "ls"], ["doctor", "--offline"]]) {
      const { code, stderr } = await command(...words);
      expect(stderr).not.toContain("rejected");
      expect(code, stderr).toBe(0);
    }
  });

  test("downloads and verifies with its threads, which are inside", async () => {
    const { hub, command } = await stage();
    await hub.addRepo("mlx-community/two", {
      "config.json": "{}",
      "a.safetensors": { size: 40_000_000, seed: 1 },
      "b.safetensors": { size: 40_000_000, seed: 2 },
    });
    const got = await command("mlx-community/two", "--json");
    expect(got.code, got.stderr).toBe(0);
    // Neither threads that are missing, nor a warning of Node.
    expect(got.stderr).not.toMatch(/threads|Warning/u);
    const verified = await command("verify", "--json");
    expect(verified.stderr).not.toContain("threads");
    expect(JSON.parse(verified.stdout)).toMatchObject({ bytes: 80_000_002, bad: [] });
  });

  test("has the catalogue, the manual page, the schemas and the page inside", async () => {
    const { command } = await stage();
    const found = await command("search", "llama", "--offline", "--json");
    const { total } = JSON.parse(found.stdout) as { readonly total: number };
    expect(total).toBeGreaterThan(0);
    const page = await readFile(join(root, "packages/cli/man/mlx-download.1"), "utf8");
    expect((await command("man")).stdout).toBe(page);
    const schema = await readFile(join(root, "packages/cli/schema/events.schema.json"), "utf8");
    expect((await command("schema", "events")).stdout).toBe(schema);
  });

  test("writes its files into a folder of this user alone, once, and again when they are gone", async () => {
    const { home, command } = await stage();
    await command("man");
    const [folder = ""] = await readdir(join(home, ".cache/mlx-download"));
    const at = join(home, ".cache/mlx-download", folder);
    expect((await stat(at)).mode & 0o777).toBe(0o700);
    const page = join(at, "man/mlx-download.1");
    const { mtimeMs } = await stat(page);
    await command("man");
    expect((await stat(page)).mtimeMs).toBe(mtimeMs);
    await unlink(page);
    expect((await command("man")).code).toBe(0);
    // Cut off, as a full disk leaves it.
    await writeFile(page, "");
    expect((await command("man")).stdout).not.toBe("");
  });

  test("runs where no folder can be made in the home", async () => {
    const { home, env, command } = await stage();
    await writeFile(join(home, ".cache"), "a file");
    env["TMPDIR"] = join(home, "tmp");
    await mkdir(env["TMPDIR"]);
    const { code, stderr } = await command("man");
    expect(code, stderr).toBe(0);
    expect(await readdir(env["TMPDIR"])).toEqual([]);
  });

  test("starts the Python bridge, and says for itself when there is no Python", async () => {
    const { hub, env, command } = await stage();
    await hub.addRepo("mlx-community/tiny", { "config.json": "{}" });
    const python = process.env["MLX_DOWNLOAD_PYTHON"];
    if (python !== undefined) {
      env["PYTHON_PATH"] = python;
      const got = await command("mlx-community/tiny", "--backend", "python", "--json");
      expect(got.code, got.stderr).toBe(0);
    }
    env["PYTHON_PATH"] = "/nowhere/python3";
    const refused = await command("mlx-community/tiny", "--backend", "python", "--json");
    expect(refused.code).not.toBe(0);
    expect(refused.stdout).toContain("/nowhere/python3");
  });

  test("--debug names lines of the source", async () => {
    const { command } = await stage();
    const failed = await command("org/none", "--debug");
    expect(failed.stderr).toMatch(/packages\/core\/src\/\S+\.ts:\d+/u);
  });
});
