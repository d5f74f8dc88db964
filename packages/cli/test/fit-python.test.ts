import { join } from "node:path";
import { tinyModelFiles, writeTinyModel } from "@mlx-download/hub-server/testing";
import { pythonEnv, tempDir } from "@mlx-download/test-utils";
import { expect, test } from "vitest";
import { startStage } from "./stage.ts";

const mlx = pythonEnv("mlx");
const bare = pythonEnv("hub-2.4.0");
const table = { mlxLmVersion: "0.32.2", mlxVersion: "0.32.2", python: null };
const installed = { ...table, python: mlx?.python };

async function folderStage() {
  const folder = join(await tempDir(), "model");
  await writeTinyModel(folder);
  return { ...(await startStage()), folder };
}

interface Said {
  readonly loads: { readonly by: unknown };
  readonly machine: { readonly limitSource: string };
}

const said = (stdout: string): Said => JSON.parse(stdout) as Said;

test.skipIf(!mlx)("info answers by the Python that is named, and the card says whose", async () => {
  const { run, folder } = await folderStage();
  const python = String(mlx?.python);
  const json = await run(["info", folder, "--json", "--fit-python", python]);
  expect(said(json.stdout).loads.by, json.stderr).toEqual(installed);
  const card = await run(["info", folder, "--fit-python", python]);
  expect(card.stdout).toContain(`by the installed mlx-lm 0.32.2 and MLX 0.32.2 of ${python}`);
});

test.skipIf(!mlx)(
  "auto finds the Python by its environment, and the setting asks too",
  async () => {
    const { run, folder, env } = await folderStage();
    const before = await run(["info", folder, "--json"]);
    expect(said(before.stdout).loads.by).toEqual(table);
    env["PYTHON_PATH"] = mlx?.python;
    await run(["config", "set", "fit-python", "auto"]);
    const { stdout } = await run(["info", folder, "--json"]);
    expect(said(stdout).loads.by).toEqual(installed);
    // MLX on a CPU names no working set: nothing is made up.
    if (process.platform !== "darwin") expect(said(stdout).machine.limitSource).toBe("assumed");
    const off = await run(["info", folder, "--json", "--fit-python", "off"]);
    expect(said(off.stdout).loads.by).toEqual(table);
  },
);

test("a Python that auto finds and that cannot answer is a warning, one that was named an error", async () => {
  const { run, folder, env } = await folderStage();
  const python = bare?.python ?? "/no/such/python";
  env["PYTHON_PATH"] = python;
  const auto = await run(["info", folder, "--json", "--fit-python", "auto"]);
  expect([auto.code, said(auto.stdout).loads.by]).toEqual([0, table]);
  expect(auto.stderr).toMatch(/^warning: .*; the built-in table answers instead\./m);
  const named = await run(["info", folder, "--json", "--fit-python", python]);
  expect(named.code).toBe(2);
  expect(JSON.parse(named.stdout)).toMatchObject({
    error: { code: bare ? "python/no-mlx-lm" : "python/not-found" },
  });
});

test.skipIf(!mlx)(
  "get --require-fit decides by what is installed, and asks only then",
  async () => {
    const { run, hub, env } = await startStage();
    await hub.addRepo("acme/tiny", tinyModelFiles());
    env["MLX_DOWNLOAD_FIT_PYTHON"] = mlx?.python;
    const events = await run(["acme/tiny", "--require-fit", "--events", "--memory", "64G"]);
    expect(events.code, events.stderr).toBe(0);
    const reviewed = events.stdout.split("\n").find((line) => line.includes('"reviewed"'));
    expect(JSON.parse(reviewed ?? "null")).toMatchObject({ loads: { by: installed } });
    env["MLX_DOWNLOAD_FIT_PYTHON"] = "/no/such/python";
    expect((await run(["acme/tiny", "-q"])).code).toBe(0);
    expect((await run(["acme/tiny", "-q", "--dry-run"])).code).toBe(2);
  },
);

test.skipIf(!mlx)("recommend judges by what is installed", async () => {
  const { run, hub } = await startStage();
  await hub.addRepo("mlx-community/Tiny-1B-4bit", tinyModelFiles(), { tags: ["mlx"] });
  const flags = ["--fit-python", String(mlx?.python), "--memory", "64G", "--json"];
  const { stdout, stderr } = await run(["recommend", "Tiny-1B", ...flags]);
  expect(JSON.parse(stdout), stderr).toMatchObject({ models: [{ loads: { by: installed } }] });
});
