import { chmod, mkdir, rm, symlink } from "node:fs/promises";
import { dirname } from "node:path";
import { run as runProgram } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { modelFiles, startStage } from "./stage.ts";

test("doctor looks at everything, for people and for programs, and shows neither token nor home", async () => {
  const { hub, run, env } = await startStage();
  hub.store.addUser({ name: "anna", tokens: ["hf_good"] });
  await hub.addRepo("mlx-community/a", modelFiles(1000));
  env["HF_TOKEN"] = "hf_good";
  await run(["mlx-community/a", "-q"]);
  const { code, stdout } = await run(["doctor"]);
  expect(code).toBe(0);
  for (const line of [
    /^ok {4}system {2,}mlx-download \d.*Node \d/m,
    /^ok {4}endpoint {2,}http:\/\/127\.0\.0\.1:\d+ answers in \d+ ms/m,
    /^ok {4}budget {2,}api 4\d\d of 500, resolvers 2,9\d\d of 3,000 questions left in 300 s \(with your token\)/m,
    /^ok {4}token {2,}of anna \(read\), from HF_TOKEN/m,
    /^ok {4}cache {2,}~\/hf\/hub: 1 repo/m,
    /^ok {4}symlinks {2,}work/m,
    /^\w+ +python {2,}/m,
  ])
    expect(stdout).toMatch(line);
  expect(stdout).not.toContain("hf_good");
  expect(stdout).not.toContain(env["HOME"]);
  delete env["HF_TOKEN"];
  expect((await run(["doctor"])).stdout).toMatch(
    /^ok {4}budget .* \(without a token, shared by all at your address\)/m,
  );
  const json = JSON.parse((await run(["doctor", "--json", "--offline"])).stdout) as object;
  expect(json).toMatchObject({
    schema: 1,
    ok: true,
    checks: expect.arrayContaining([expect.objectContaining({ name: "endpoint", status: "skip" })]),
  });
});

test("a cache that is a link to a disk that is away fails, and names the disk", async () => {
  const { run, env, cacheDir } = await startStage();
  await mkdir(dirname(cacheDir), { recursive: true });
  await rm(cacheDir, { recursive: true, force: true });
  await symlink("/Volumes/Models/hub", cacheDir);
  const { code, stdout } = await run(["doctor", "--offline"]);
  expect(code).toBe(6);
  expect(stdout).toMatch(
    /^fail +cache +.*is a link to\s+\/Volumes\/Models\/hub, which is not there/m,
  );
  expect(stdout).toContain("Connect that disk");
  expect(stdout).not.toContain("not there yet");
  expect(env["HF_HOME"]).toBeDefined();
});

const isRoot = process.getuid?.() === 0;

test.skipIf(process.platform === "win32" || (isRoot && process.platform !== "linux"))(
  "a cache that cannot be written fails",
  async () => {
    const { run, hub, cacheDir } = await startStage();
    await hub.addRepo("org/a", modelFiles(1000));
    await mkdir(cacheDir, { recursive: true });
    // Permissions do not hold root off; a disk that is mounted read-only does.
    if (isRoot) await runProgram("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", cacheDir]);
    onTestFinished(async () => {
      if (isRoot) await runProgram("umount", [cacheDir]);
      else await chmod(cacheDir, 0o755);
    });
    await run(["org/a", "-q"]);
    if (isRoot) await runProgram("mount", ["-o", "remount,ro", cacheDir]);
    else await chmod(cacheDir, 0o555);
    expect((await run(["doctor", "--offline"])).code).toBe(6);
    const path = await run(["path", "org/a"]);
    expect(path).toMatchObject({ code: 0, stdout: expect.stringContaining(cacheDir) });
    const more = await run(["org/b"]);
    expect(more.code).toBe(4);
    await hub.addRepo("org/b", modelFiles(1000));
    const refused = await run(["org/b", "--json"]);
    expect(refused.code).toBe(6);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: "cache/not-writable" } });
  },
);

test("an endpoint that does not answer and a token that is refused fail, and say what to do", async () => {
  const { run, env } = await startStage();
  env["HF_TOKEN"] = "hf_wrong";
  const refused = await run(["doctor"]);
  expect(refused.code).toBe(3);
  expect(refused.stdout).toMatch(/^fail {2}(?:token|endpoint) /m);
  env["HF_ENDPOINT"] = "http://127.0.0.1:9";
  const gone = await run(["doctor"]);
  expect(gone.code).toBe(5);
  expect(gone.stdout).toMatch(/^fail {2}endpoint /m);
  expect(gone.stdout).toMatch(/^skip {2}token /m);
});
