import { existsSync } from "node:fs";
import { once } from "node:events";
import { lstat, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pythonEnv, run as runProcess, type RunResult, tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { modelFiles, ndjson, readUntil, startStage } from "./stage.ts";

const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

test("a model goes to another machine as a folder and as an archive, and needs no network there", async () => {
  const { run, hub, env } = await startStage();
  await hub.addRepo("org/mlx", modelFiles(300_000));
  await run(["org/mlx", "-q"]);
  const out = await tempDir();
  const folder = await run(["cache", "export", "org/mlx", "--to", join(out, "folder"), "--json"]);
  expect(json(folder.stdout)).toMatchObject({ schema: 1, repoId: "org/mlx", files: 6 });
  const archive = await run(["cache", "export", "org/mlx", "--to", join(out, "model.tar")]);
  expect(archive.stdout).toBe(`${join(out, "model.tar")}\n`);
  expect(await readdir(out)).toEqual(["folder", "model.tar"]);
  env["HF_ENDPOINT"] = "http://127.0.0.1:9";
  for (const from of ["folder", "model.tar"]) {
    env["HF_HOME"] = await tempDir();
    const { code, stdout, stderr } = await run(["cache", "import", join(out, from)]);
    expect(code, stderr).toBe(0);
    expect(await run(["path", "org/mlx"])).toMatchObject({ code: 0, stdout });
  }
  env["HF_HOME"] = await tempDir();
  const text = await readFile(join(out, "folder", "config.json"), "utf8");
  const bad = await run(["cache", "import", "-", "--json"], text);
  expect(bad.code).toBe(10);
  expect(json(bad.stdout)).toMatchObject({ error: { code: "cache/bad-archive" } });
});

test("an archive goes into a folder that is made for it, and says why when it cannot be written", async () => {
  const { run, hub } = await startStage();
  await hub.addRepo("org/mlx", modelFiles(30_000));
  await run(["org/mlx", "-q"]);
  const out = await tempDir();
  const archive = join(out, "new", "model.tar");
  const made = await run(["cache", "export", "org/mlx", "--to", archive]);
  expect(made, made.stderr).toMatchObject({ code: 0, stdout: `${archive}\n` });
  expect(await readdir(join(out, "new"))).toEqual(["model.tar"]);
  const below = await run(["cache", "export", "org/mlx", "--to", join(archive, "x.tar"), "--json"]);
  expect(below.code).toBe(6);
  expect(json(below.stdout)).toMatchObject({ error: { code: "cache/damaged", exitCode: 6 } });
});

test("an archive whose reader closed it early is not a success", async () => {
  const { run, start, hub } = await startStage();
  await hub.addRepo("org/mlx", modelFiles(2_000_000));
  await run(["org/mlx", "-q"]);
  const child = start(["cache", "export", "org/mlx", "--to=-"]);
  const stderr = readUntil(child.stderr, "closed it before its end");
  const closed = once(child, "close");
  child.stdout.once("data", () => child.stdout.destroy());
  expect(await stderr).toContain("closed it before its end");
  expect(await closed).toEqual([6, null]);
});

test("a folder that --local-dir filled is imported under the name that is given", async () => {
  const { run, hub, env } = await startStage();
  await hub.addRepo("org/mlx", modelFiles(1000));
  const folder = join(await tempDir(), "model");
  await run(["org/mlx", "-q", "--local-dir", folder]);
  env["HF_ENDPOINT"] = "http://127.0.0.1:9";
  const nameless = await run(["cache", "import", folder]);
  expect(nameless.code).toBe(10);
  expect(nameless.stderr).toContain("cache import FOLDER org/name");
  const { stdout } = await run(["cache", "import", folder, "org/mlx"]);
  expect(await run(["path", "org/mlx"])).toMatchObject({ code: 0, stdout });
});

const python = pythonEnv("hub-2.4.0");

test.skipIf(!python)(
  "what hf download --local-dir left is imported, and hf reads it then",
  async () => {
    const { run, hub, env, cacheDir } = await startStage();
    await hub.addRepo("org/mlx", modelFiles(2_000_000));
    const folder = join(await tempDir(), "model");
    const hf = async (...args: string[]): Promise<RunResult> =>
      await runProcess(join(python?.bin ?? "", "hf"), args, { env });
    const got = await hf("download", "org/mlx", "--local-dir", folder);
    expect(got.code, got.stderr).toBe(0);
    env["HF_HUB_OFFLINE"] = "1";
    const imported = await run(["cache", "import", folder, "org/mlx", "--json"]);
    expect(imported.code, imported.stderr).toBe(0);
    expect(json(imported.stdout)).toMatchObject({ files: 6, ref: "main" });
    const read = await hf("download", "org/mlx", "--quiet");
    expect(read.stdout).toContain(join(cacheDir, "models--org--mlx", "snapshots"));
    await writeFile(join(folder, "config.json"), "{}");
    env["HF_HOME"] = await tempDir();
    expect((await run(["cache", "import", folder, "org/mlx"])).code).toBe(7);
    expect(json((await run(["cache", "ls", "--json"])).stdout)).toMatchObject({ repos: [] });
  },
);

test("what copies tells how far it is, and Ctrl-C says what is where and how to go on", async () => {
  const { run, start, hub, env } = await startStage();
  await hub.addRepo("org/mlx", modelFiles(2_000_000));
  await run(["org/mlx", "-q"]);
  const out = await tempDir();
  const moved = await run(["cache", "mv", "org/mlx", "--to", join(out, "hub"), "--events"]);
  const types = ndjson(moved.stdout).map(({ type }) => type);
  expect([types[0], types.at(-1)]).toEqual(["copy-started", "result"]);
  expect(types).toContain("copy-progress");
  await run(["cache", "export", "org/mlx", "--to", join(out, "model.tar")]);

  env["HF_HOME"] = await tempDir();
  const child = start(["cache", "import", "-", "--events"]);
  const stderr = readUntil(child.stderr, "Run it again");
  const began = readUntil(child.stdout, `"type":"copy-started"`);
  const closed = once(child, "close");
  // An archive whose sender hangs in the middle; so much fits into a pipe that nobody reads.
  child.stdin.write((await readFile(join(out, "model.tar"))).subarray(0, 60_000));
  await began;
  const end = readUntil(child.stdout, `"type":"error"`);
  child.kill("SIGINT");
  expect(ndjson(await end).at(-1)).toMatchObject({
    type: "error",
    error: { code: "cli/interrupted", exitCode: 130 },
  });
  expect(await stderr).toMatch(/Nothing of it is in the cache[^]*mlx-download cache import -/);
  expect(await closed).toEqual([130, null]);
  expect(existsSync(join(env["HF_HOME"], "hub", "models--org--mlx"))).toBe(false);
});

test("a view for Jan has its model.yml, verify notices when it is damaged, and says how it is mended", async () => {
  const { run, hub, env } = await startStage();
  await hub.addRepo("org/mlx", modelFiles(1_200_000));
  await run(["org/mlx", "-q"]);
  const settings = join(env["HOME"] ?? "", "Library", "Application Support", "Jan");
  env["JAN_DATA_ROOT"] = join(settings, "..");
  await mkdir(settings, { recursive: true });
  await writeFile(
    join(settings, "settings.json"),
    JSON.stringify({ data_folder: join(env["HOME"] ?? "", "jan data") }),
  );
  const path = join(env["HOME"] ?? "", "jan data/mlx/models/org/mlx");
  const made = await run(["cache", "view", "org/mlx", "--layout", "jan", "--json"]);
  expect(json(made.stdout)).toMatchObject({ path, layout: "jan" });
  const described = await readFile(join(path, "model.yml"), "utf8");
  expect(described).toContain(`model_path: "${path}/model-00001-of-00002.safetensors"\n`);
  expect((await run(["verify", "org/mlx"])).code).toBe(0);

  const configBytes = (await lstat(join(path, "config.json"))).size;
  await rm(join(path, "model.yml"));
  await rm(join(path, "config.json"));
  await writeFile(join(path, "config.json"), " ".repeat(configBytes));
  const broken = await run(["verify", "org/mlx", "--json"]);
  expect(broken.code).toBe(7);
  const views = [{ path, layout: "jan", missing: ["model.yml"], bad: ["config.json"] }];
  expect(json(broken.stdout)).toMatchObject({ bad: [], missing: [], views });
  const told = await run(["verify", "org/mlx"]);
  expect(told.stdout).toContain(
    `view ${path}: It lacks model.yml and holds other bytes in config.json.`,
  );
  const repaired = await run(["repair", "org/mlx"]);
  expect(repaired.code).toBe(0);
  const [, again = ""] = /Make the view again: mlx-download (.+)/.exec(repaired.stderr) ?? [];
  expect(again).toMatch(/--layout jan$/);
  const words = again.replaceAll(/'([^']*)'/gu, (_, inner: string) => inner.replaceAll(" ", "\0"));
  expect((await run(words.split(" ").map((word) => word.replaceAll("\0", " ")))).code).toBe(0);
  expect((await run(["verify", "org/mlx"])).code).toBe(0);
  expect(await readFile(join(path, "model.yml"), "utf8")).toBe(described);
  const gone = await run(["cache", "view", "org/mlx", "--layout", "jan", "--remove", "--json"]);
  expect(json(gone.stdout)).toMatchObject({ gone: true });
});

test("a view for LM Studio is made, listed and taken away", async () => {
  const { run, hub, env } = await startStage();
  await hub.addRepo("org/mlx", modelFiles(1_200_000));
  await run(["org/mlx", "-q"]);
  const made = await run(["cache", "view", "org/mlx", "--layout", "lmstudio"]);
  const path = join(env["HOME"] ?? "", ".lmstudio/models/org/mlx");
  expect(made).toMatchObject({ code: 0, stdout: `${path}\n` });
  expect((await lstat(join(path, "model-00001-of-00002.safetensors"))).isFile()).toBe(true);
  expect((await run(["cache", "view"])).stdout).toContain(path);

  await rm(join(path, "config.json"));
  const broken = await run(["cache", "view"]);
  expect(broken.stdout).toMatch(/^org\/mlx .* 1 file missing +/m);
  const [, again = ""] = /Make it again: mlx-download (.+)/.exec(broken.stderr) ?? [];
  expect(broken.stderr).toContain(`config.json is missing from ${path}`);
  const doctor = await run(["doctor", "--offline"]);
  expect(doctor.stdout).toMatch(/^warn +view +\S+ lacks 1 file: config\.json$/m);
  // Its report is pasted into issues: the home folder has no name in it.
  expect(doctor.stdout).toContain(again.replace(env["HOME"] ?? "", "~"));
  expect(await run(again.split(" "))).toMatchObject({ code: 0, stdout: `${path}\n` });
  const { stdout: mended } = await run(["cache", "view", "--json"]);
  expect(JSON.parse(mended)).toMatchObject({ views: [{ path, missing: [] }] });
  const removal = await run(["cache", "rm", "org/mlx", "--dry-run"]);
  expect(removal.stderr).toContain(`org/mlx is also at ${path}`);
  const gone = await run([
    "cache",
    "view",
    "org/mlx",
    "--layout",
    "lmstudio",
    "--remove",
    "--json",
  ]);
  expect(json(gone.stdout)).toMatchObject({ repoId: "org/mlx", gone: true });
  expect(existsSync(path)).toBe(false);
});

test("a model and a whole cache move to another disk and are found as before", async () => {
  const { run, hub, cacheDir } = await startStage();
  await hub.addRepo("org/mlx", modelFiles(1000));
  await run(["org/mlx", "-q"]);
  const disk = join(await tempDir(), "hub");
  const one = await run(["cache", "mv", "org/mlx", "--to", disk, "--json"]);
  const path = join(disk, "models--org--mlx");
  expect(json(one.stdout)).toMatchObject({ moved: [{ repoId: "org/mlx", path }] });
  expect((await run(["path", "org/mlx"])).code).toBe(0);
  const link = await run(["cache", "rm", "org/mlx", "--dry-run"]);
  expect(link.stderr).toContain(`The files of org/mlx stay at ${path}.`);
  await run(["cache", "mv", "org/mlx", "--cache-dir", disk, "--to", cacheDir]);
  expect((await lstat(join(cacheDir, "models--org--mlx"))).isDirectory()).toBe(true);
  const place = join(await tempDir(), "hub");
  expect((await run(["cache", "mv", "--to", place])).code).toBe(2);
  expect(await run(["cache", "mv", "--to", place, "--yes"])).toMatchObject({
    code: 0,
    stdout: `${place}\n`,
  });
  expect((await lstat(cacheDir)).isSymbolicLink()).toBe(true);
  expect((await run(["path", "org/mlx"])).code).toBe(0);
});

test.each([
  [["cache", "mv", "org/mlx"], "nothing says where"],
  [["cache", "mv", "org/mlx@v1", "--to", "x"], "with all its revisions"],
  [["cache", "export", "org/mlx"], "nothing says where"],
  [["cache", "export", "org/mlx", "--to=-", "--json"], "cannot hold both"],
  [["cache", "view", "org/mlx"], "nothing says where"],
  [["cache", "export", "org/mlx", "--to=-", "--events"], "cannot hold both"],
  [["cache", "import", "nowhere.tar"], "does not exist"],
])("%j is refused", async (args, message) => {
  const { run } = await startStage();
  const { code, stderr } = await run(args);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
});
