import { once } from "node:events";
import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run as runProcess, tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { modelFiles, startStage, type Stage } from "./stage.ts";
import { jsonOf } from "./versions-stage.ts";

const MODELS = ["org/one", "org/two"];

async function stageWith(size: number): Promise<Stage> {
  const stage = await startStage();
  for (const [index, model] of MODELS.entries()) {
    const weights = { size, seed: 10 + index };
    await stage.hub.addRepo(model, { ...modelFiles(1_000_000), "extra.safetensors": weights });
    expect((await stage.run([model, "-q"])).code).toBe(0);
  }
  return stage;
}

test("several models travel on a disk with their lock, and nothing that differs from it comes in", async () => {
  const stage = await stageWith(300_000);
  const { run, env } = stage;
  const disk = await tempDir();
  const words = ["cache", "export", ...MODELS, "--to", disk];
  const out = await jsonOf<{ lock: string }>(stage, "cacheExportSeveral", words);
  expect((await readdir(disk)).toSorted()).toEqual(["mlx-models.lock", "org--one", "org--two"]);
  expect((await run(["cache", "export", ...MODELS, "--to", "x.tar"])).code).toBe(2);
  env["HF_ENDPOINT"] = "http://127.0.0.1:9";
  env["HF_HOME"] = await tempDir();
  const came = await jsonOf<{ results: { repoId: string }[]; missing: string[] }>(
    stage,
    "cacheImportSeveral",
    ["cache", "import", disk],
  );
  expect(came.results.map(({ repoId }) => repoId)).toEqual(MODELS);
  expect((await run(["path", "org/two"])).code).toBe(0);

  // A manifest that was changed together with its file does not pass the lock.
  const config = join(disk, "org--one/config.json");
  const manifest = join(disk, "org--one/.mlx-download.json");
  const text = await readFile(manifest, "utf8");
  const forged = join(await tempDir(), "forged");
  await cp(disk, forged, { recursive: true });
  await writeFile(
    join(forged, "org--one/.mlx-download.json"),
    text.replace(/"size": \d+/, '"size": 7'),
  );
  env["HF_HOME"] = await tempDir();
  const refused = await run(["cache", "import", forged, "--json"]);
  expect(refused.code).toBe(10);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: "cache/bad-archive" } });
  expect((await run(["path", "org/one"])).code).toBe(4);
  await rm(join(disk, "org--two"), { recursive: true });
  const less = await run(["cache", "import", disk]);
  expect(less.code).toBe(11);
  expect(less.stderr).toContain("org/two");
  await writeFile(config, "{}");
  env["HF_HOME"] = await tempDir();
  expect((await run(["cache", "import", disk])).code).toBe(7);
  expect(out.lock).toBe(join(disk, "mlx-models.lock"));
});

test("an export that was killed goes on from what it had copied, and verifies that again", async () => {
  const stage = await stageWith(60_000_000);
  const disk = await tempDir();
  const words = ["cache", "export", ...MODELS, "--to", disk, "--events"];
  const child = stage.start(words);
  child.stderr.resume();
  const ended = once(child, "exit");
  let said = "";
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (/"filesDone":[1-9]/.test(said)) break;
  }
  child.kill("SIGKILL");
  await ended;
  const hidden = (await readdir(disk)).find((name) => name.startsWith("."));
  expect(hidden).toBeDefined();
  // What lies there is not believed.
  const [first = ""] = await readdir(join(disk, hidden ?? ""));
  await writeFile(join(disk, hidden ?? "", first), "damaged");
  expect((await stage.run(words)).code).toBe(0);
  expect((await readdir(disk)).filter((name) => name.startsWith("."))).toEqual([]);
  const again = await stage.run(words);
  expect(again.code).toBe(0);
  stage.env["HF_HOME"] = await tempDir();
  expect((await stage.run(["cache", "import", disk])).code).toBe(0);
});

const canMount = process.platform === "linux" && process.geteuid?.() === 0;
if (!canMount) process.stderr.write("skipped: a full disk needs root on Linux\n");

test.skipIf(!canMount)(
  "a full disk stops an export, which goes on after room was made",
  async () => {
    const stage = await stageWith(12_000_000);
    const disk = await tempDir();
    await runProcess("mount", ["-t", "tmpfs", "-o", "size=36m", "tmpfs", disk]);
    onTestFinished(async () => void (await runProcess("umount", [disk])));
    const ballast = join(disk, "ballast");
    await writeFile(ballast, Buffer.alloc(14_000_000));
    const target = join(disk, "models");
    await mkdir(target);
    const words = ["cache", "export", ...MODELS, "--to", target, "--json"];
    const full = await stage.run(words);
    expect(full.code).toBe(6);
    expect(JSON.parse(full.stdout)).toMatchObject({ error: { code: "cache/disk-full" } });
    await rm(ballast);
    expect((await stage.run(words)).code).toBe(0);
  },
);
