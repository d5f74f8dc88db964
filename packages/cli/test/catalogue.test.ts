import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Stage, startStage } from "./stage.ts";

const card = "---\nlibrary_name: mlx\nlicense: apache-2.0\ntags:\n- mlx\n- qwen3\n---\n";

async function catalogueStage(): Promise<Stage> {
  const stage = await startStage();
  for (const [name, downloads] of [
    ["mlx-community/Qwen3-8B-4bit", 100],
    ["mlx-community/Qwen3-4B-4bit", 300],
    ["mlx-community/gemma-3-27b-it-4bit", 200],
    ["lmstudio-community/Qwen3-Coder-30B-A3B-Instruct-MLX-8bit", 50],
  ] as const) {
    await stage.hub.addRepo(name, { "config.json": "{}", "README.md": card }, { downloads });
  }
  return stage;
}

const stateFile = ({ env }: Stage): string =>
  join(env["HOME"] ?? "", ".local/state/mlx-download/registry.db");

interface Answer {
  readonly source: { readonly kind: string; readonly seed: boolean };
  readonly corrected: object | null;
  readonly total: number;
  readonly models: readonly { readonly repoId: string; readonly here: boolean }[];
}

async function search(stage: Stage, ...words: readonly string[]): Promise<Answer> {
  const { code, stdout, stderr } = await stage.run(["search", ...words, "--json"]);
  expect(code, stderr + stdout).toBe(0);
  return JSON.parse(stdout) as Answer;
}

test("after a synchronisation a search makes no request, and mistyped words find", async () => {
  const stage = await catalogueStage();
  const { run, hub } = stage;
  const sync = await run(["catalogue", "sync"]);
  expect(sync).toMatchObject({ code: 0, stdout: "4 models (4 new)\n" });
  expect(sync.stderr).toMatch(/about \d+ requests?, [\d.]+ .?B, \d+% of the Hub's limit/);
  hub.log.clear();
  const { code, stdout, stderr } = await run(["search", "gema", "27b"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^MODEL +ABOUT.*\nmlx-community\/gemma-3-27b-it-4bit +15\.2 GB/);
  expect(stderr).toContain("Showing gemma for gema.");
  expect(stderr).toContain("From the catalogue of today.");
  expect(await search(stage, "coder", "qwen3", "bits:8")).toMatchObject({
    source: { kind: "catalogue", seed: false },
    corrected: null,
    total: 1,
    models: [
      {
        repoId: "lmstudio-community/Qwen3-Coder-30B-A3B-Instruct-MLX-8bit",
        author: "lmstudio-community",
        downloads: 50,
        bits: 8,
        license: "apache-2.0",
        arch: "qwen3",
        here: false,
      },
    ],
  });
  expect(hub.log.entries).toEqual([]);
});

test("a search by base model shows one row of all variants, for people, scripts and machines", async () => {
  const stage = await catalogueStage();
  const { run, hub } = stage;
  const tuned = card.replace("- mlx\n", "- mlx\nbase_model: Qwen/Qwen3-8B\n");
  for (const [name, text] of [
    ["mlx-community/Qwen3-8B-8bit", card],
    ["mlx-community/Josiefied-Qwen3-8B-abliterated-4bit", tuned],
  ] as const) {
    await hub.addRepo(name, { "config.json": "{}", "README.md": text }, { downloads: 10 });
  }
  await run(["catalogue", "sync", "-q"]);
  const answer = JSON.parse((await run(["search", "8b", "qwen3", "--group", "--json"])).stdout);
  expect(answer).toMatchObject({
    total: 3,
    groups: [
      {
        base: "qwen3-8b",
        downloads: 110,
        quantizations: ["8bit", "4bit"],
        models: ["mlx-community/Qwen3-8B-8bit", "mlx-community/Qwen3-8B-4bit"],
      },
      // What was trained further is another model.
      { models: ["mlx-community/Josiefied-Qwen3-8B-abliterated-4bit"] },
    ],
  });
  expect(answer.models).toHaveLength(3);
  const people = await run(["search", "8b", "qwen3", "--group", "--limit", "1"]);
  expect(people.stdout).toMatch(
    /^BASE MODEL +QUANTIZATIONS.*\nqwen3-8b +8bit, 4bit +4\.50 GB to 8\.50 GB/,
  );
  expect(people.stderr).toContain("1 base model with 2 of 3");
  const names = await run(["search", "8b", "qwen3", "--group", "--limit", "1", "-q"]);
  expect(names.stdout).toBe("qwen3-8b\n");
});

test("with a catalogue a recommendation makes no request, and names its reasons and their date", async () => {
  const stage = await catalogueStage();
  const { run, hub } = stage;
  const mac = ["--memory", "16G", "--chip", "m4"];
  await run(["catalogue", "sync", "-q"]);
  hub.log.clear();
  const people = await run(["recommend", ...mac]);
  expect(people, people.stderr).toMatchObject({ code: 0, stderr: "" });
  const today = new Date().toISOString().slice(0, 10);
  expect(people.stdout).toMatch(/^mlx-community\/Qwen3-8B-4bit$/m);
  expect(people.stdout).toContain("Needs");
  expect(people.stdout).toMatch(/Facts +estimated from its name, tags and counts/);
  expect(people.stdout).toContain(`Facts: the catalogue of ${today} (today)`);
  const best = JSON.parse((await run(["recommend", "qwen3-8b", ...mac, "--json"])).stdout);
  expect(best).toMatchObject({
    source: { kind: "catalogue", seed: false },
    models: [{ repoId: "mlx-community/Qwen3-8B-4bit", by: "list", loads: { verdict: "unknown" } }],
  });
  expect(Date.parse(best.source.syncedAt)).toBeGreaterThan(0);
  expect(hub.log.entries).toEqual([]);
  const online = await run(["recommend", ...mac, "--online"]);
  expect(online.stderr).toContain("Looking at mlx-community/Qwen3-8B-4bit");
});

test("without catalogue and Hub the list that comes with the program is chosen from", async () => {
  const { run, env } = await startStage();
  const args = ["recommend", "--memory", "64G", "--chip", "m4-max", "--all"];
  const away = await run([...args, "--endpoint", "http://127.0.0.1:1"]);
  expect(away, away.stderr).toMatchObject({ code: 0 });
  expect(away.stderr).toContain("choosing from the list that ships with mlx-download");
  expect(away.stdout).toContain("Facts: the list that ships with mlx-download of ");
  expect(env["HF_ENDPOINT"]).toBeDefined();
  const offline = JSON.parse((await run([...args, "--offline", "--json"])).stdout);
  expect(offline.source).toMatchObject({ kind: "catalogue", seed: true });
});

test("without a catalogue the Hub is asked, in the same language", async () => {
  const stage = await catalogueStage();
  const found = await search(stage, "4bit", "qwen3", "not:8b");
  expect(found).toMatchObject({ source: { kind: "hub" }, total: 1 });
  expect(found.models[0]?.repoId).toBe("mlx-community/Qwen3-4B-4bit");
  const { stdout, stderr } = await stage.run([
    "search",
    "qwen3",
    "--author",
    "mlx-community",
    "-q",
  ]);
  expect(stdout).toBe("mlx-community/Qwen3-4B-4bit\nmlx-community/Qwen3-8B-4bit\n");
  expect(stderr).toBe("");
});

test("with neither catalogue nor Hub the list that comes with the program answers, and says so", async () => {
  const stage = await catalogueStage();
  await stage.hub.close();
  const found = await search(stage, "qwen3", "--offline");
  expect(found.source).toMatchObject({ kind: "catalogue", seed: true });
  expect(found.total).toBeGreaterThan(5);
  const { stderr } = await stage.run(["search", "qwen3"]);
  expect(stderr).toContain("cannot be reached");
  expect(stderr).toContain("ships with mlx-download");
  expect((await stage.run(["search", "qwen3", "--online"])).code).toBe(5);
});

test("here finds what is in the cache", async () => {
  const stage = await catalogueStage();
  await stage.run(["mlx-community/Qwen3-4B-4bit", "-q"]);
  await stage.run(["catalogue", "sync", "-q"]);
  expect((await search(stage, "here")).models).toEqual([
    expect.objectContaining({ repoId: "mlx-community/Qwen3-4B-4bit", here: true }),
  ]);
  const { stdout } = await stage.run(["search", "qwen3", "4b"]);
  expect(stdout).toMatch(/Qwen3-4B-4bit .* here$/m);
});

test("an unknown key is a usage error that names the near one, before any request", async () => {
  const { run, hub } = await catalogueStage();
  const { code, stderr } = await run(["search", "qwen", "autor:x"]);
  expect(code).toBe(2);
  expect(stderr).toContain("Did you mean author:x?");
  expect(hub.log.entries).toEqual([]);
});

test("status tells what there is, before and after", async () => {
  const { run } = await catalogueStage();
  expect((await run(["catalogue", "status"])).stdout).toContain("none yet");
  const plan = JSON.parse((await run(["catalogue", "sync", "--dry-run", "--json"])).stdout);
  expect(plan).toMatchObject({ schema: 1, kind: "first", models: 0 });
  await run(["catalogue", "sync", "-q"]);
  const status = JSON.parse((await run(["catalogue", "--json"])).stdout);
  expect(status).toMatchObject({ schema: 1, models: 4, authors: 2, source: "hub", syncing: false });
  expect((await run(["catalogue", "status"])).stdout).toMatch(/4 models of 2 authors/);
});

test("a damaged registry is said in one line, and downloads go on", async () => {
  const stage = await catalogueStage();
  const { run } = stage;
  await run(["catalogue", "sync", "-q"]);
  const path = stateFile(stage);
  await writeFile(path, "not a database\n".repeat(1000));
  const got = await run(["mlx-community/Qwen3-4B-4bit"]);
  const found = await run(["search", "qwen3"]);
  expect([got.code, found.code]).toEqual([0, 0]);
  // The record of the download is what meets it first.
  expect(got.stderr.match(/was damaged/g)).toHaveLength(1);
  expect(found.stderr).not.toContain("was damaged");
  const names = await readdir(join(path, ".."));
  expect(names.filter((name) => name.includes("damaged"))).toHaveLength(1);
});
