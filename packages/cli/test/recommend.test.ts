import { readdir } from "node:fs/promises";
import { tinyModelFiles } from "@mlx-download/hub-server/testing";
import { expect, test } from "vitest";
import { startStage } from "./stage.ts";

const mac = ["--memory", "16G", "--chip", "m4"];

async function shop(): Promise<Awaited<ReturnType<typeof startStage>>> {
  const stage = await startStage();
  const files = { ...tinyModelFiles(), "README.md": "---\nlibrary_name: mlx\ntags:\n- mlx\n---\n" };
  const createdAt = "2025-04-28T00:00:00.000Z";
  for (const name of ["Qwen3-4B-4bit", "Qwen3-4B-4bit-DWQ", "Qwen3-1.7B-4bit", "Qwen3-32B-4bit"]) {
    await stage.hub.addRepo(`mlx-community/${name}`, files, { createdAt });
  }
  return stage;
}

test("recommend names models with reasons for people, ids for scripts, everything for machines", async () => {
  const { run } = await shop();
  const people = await run(["recommend", ...mac]);
  expect(people.code).toBe(0);
  expect(people.stdout).toMatch(/^mlx-community\/Qwen3-4B-4bit-DWQ$/m);
  expect(people.stdout).toMatch(/^Variant +4 bits, calibrated \(DWQ\)/m);
  expect(people.stdout).toMatch(/^Next +mlx-community\/Qwen3-4B-4bit: /m);
  expect(people.stdout).toMatch(/^Machine: Apple M4 · 16 GiB/m);

  const quiet = await run(["recommend", "-q", ...mac]);
  expect(quiet).toMatchObject({
    stderr: "",
    stdout: "mlx-community/Qwen3-4B-4bit-DWQ\nmlx-community/Qwen3-1.7B-4bit\n",
  });

  const { stdout } = await run(["recommend", "qwen3-4b", "--json", ...mac]);
  expect(JSON.parse(stdout)).toMatchObject({
    schema: 1,
    of: "qwen3-4b",
    machine: { chip: "Apple M4" },
    models: [
      {
        repoId: "mlx-community/Qwen3-4B-4bit-DWQ",
        fit: { verdict: "yes" },
        runnerUp: { repoId: "mlx-community/Qwen3-4B-4bit" },
      },
    ],
  });
});

test("recommend exits 8 when there is nothing to recommend", async () => {
  const { run } = await shop();
  const { code, stdout } = await run(["recommend", "--task", "vision", "--json", ...mac]);
  expect(code).toBe(8);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "cli/nothing-fits" } });
});

test("list --fits leaves out what is too large, --quant what is packed otherwise", async () => {
  const { run } = await shop();
  const fitting = await run(["list", "--fits", ...mac]);
  expect(fitting.stdout).toMatch(/^MODEL +ABOUT +FITS +DOWNLOADS/m);
  expect(fitting.stdout).toMatch(/^mlx-community\/Qwen3-4B-4bit +2\.25 GB {2}yes /m);
  expect(fitting.stdout).not.toContain("32B");
  const dwq = await run(["list", "--quant", "dwq", "--json"]);
  expect(JSON.parse(dwq.stdout)).toEqual([
    expect.objectContaining({ repo_id: "mlx-community/Qwen3-4B-4bit-DWQ" }),
  ]);
  expect(dwq.stdout).not.toContain("estimate");
});

test("get --best takes the variant that recommend puts first, and says which one and why before the plan", async () => {
  const { run } = await shop();
  const planned = await run(["get", "Qwen/Qwen3-4B", "--best", "--dry-run", ...mac]);
  expect(planned.code, planned.stderr).toBe(0);
  expect(planned.stderr).toMatch(
    /^Best: mlx-community\/Qwen3-4B-4bit-DWQ: 4 bits, calibrated \(DWQ\), \d+ % of the limit/m,
  );
  expect(planned.stderr).toMatch(/^Runner-up: mlx-community\/Qwen3-4B-4bit: /m);
  expect(planned.stderr).toMatch(/^For: Apple M4 · 16 GiB/m);
  expect(planned.stdout).toMatch(/^mlx-community\/Qwen3-4B-4bit-DWQ @ /);

  const got = await run(["get", "qwen3-4b", "--best", "--json", ...mac]);
  expect(got.code, got.stderr).toBe(0);
  const best = {
    of: "qwen3-4b",
    repoId: "mlx-community/Qwen3-4B-4bit-DWQ",
    runnerUp: { repoId: "mlx-community/Qwen3-4B-4bit" },
    limitBytes: expect.any(Number),
  };
  expect(JSON.parse(got.stdout)).toMatchObject({ repoId: best.repoId, best });

  // The name of one variant stands for the model, and several models are chosen for one by one.
  const several = ["mlx-community/Qwen3-4B-4bit", "Qwen/Qwen3-1.7B"];
  const both = await run(["get", ...several, "--best", "--dry-run", "--json", "-q", ...mac]);
  expect(both.stderr).toBe("");
  expect(JSON.parse(both.stdout)).toMatchObject({
    results: [
      { repoId: best.repoId, best: { of: several[0] } },
      { repoId: "mlx-community/Qwen3-1.7B-4bit", best: { of: several[1], runnerUp: null } },
    ],
  });
});

test("get --best downloads nothing when no variant fits, or when the ref leaves no choice", async () => {
  const { run, hub, cacheDir } = await shop();
  const none = await run(["get", "Qwen/Qwen3-32B", "--best", "--json", "--memory", "8G"]);
  expect(none.code).toBe(8);
  expect(JSON.parse(none.stdout)).toMatchObject({ error: { code: "cli/nothing-fits" } });
  const unknown = await run(["get", "Nobody/NoSuchModel", "--best", ...mac]);
  expect(unknown).toMatchObject({
    code: 8,
    stderr: expect.stringContaining("mlx-download search finds names"),
  });
  expect(await readdir(cacheDir).catch(() => [])).toEqual([]);
  const asked = hub.log.entries.length;
  for (const args of [
    ["Qwen/Qwen3-4B@main", "--best"],
    ["qwen3-4b@main", "--best"],
    ["Qwen/Qwen3-4B", "--best", "--revision", "main"],
    ["Qwen/Qwen3-4B", "--best", "--offline"],
  ])
    expect(await run(["get", ...args]), args.join(" ")).toMatchObject({ code: 2, stdout: "" });
  expect(hub.log.entries).toHaveLength(asked);
});
