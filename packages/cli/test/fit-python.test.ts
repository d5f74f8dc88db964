import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tinyModelFiles, writeTinyModel } from "@mlx-download/hub-server/testing";
import { pythonEnv, tempDir, writeTree } from "@mlx-download/test-utils";
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
  expect(auto.stderr).toMatch(/^warning: .*\. The built-in table answers instead\./m);
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

/** Packages that say what an older mlx-lm and MLX on a Mac say, for the Python of any environment. */
async function olderPackages(): Promise<string> {
  const folder = await tempDir();
  const metadata = (name: string, version: string): string =>
    `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;
  await writeTree(folder, {
    "mlx-0.28.0.dist-info/METADATA": metadata("mlx", "0.28.0"),
    "mlx_lm-0.27.1.dist-info/METADATA": metadata("mlx-lm", "0.27.1"),
    "mlx/__init__.py": "",
    "mlx/core.py": `
def default_device(): return "Device(gpu, 0)"
def zeros(shape): return shape
def gather_qmm(): "gather_qmm(x, w, /, scales)"
def quantize(w, group_size=64, bits=4): return w
class metal:
    @staticmethod
    def device_info(): return {"device_name": "Apple M1", "max_recommended_working_set_size": ${limitBytes}}
`,
    "mlx_lm/__init__.py": "raise SystemExit('nobody imports it')",
    "mlx_lm/utils.py": 'MODEL_REMAPPING = {"mistral": "llama"}\n',
    "mlx_lm/models/llama.py": "import mlx.core as mx\nclass Model(object):\n    pass\n",
    "mlx_lm/models/base.py": "class BaseModelArgs:\n    pass\n",
  });
  return folder;
}

const limitBytes = 1_500_000_000;

test.skipIf(!bare)(
  "an older mlx-lm is taken at its word, and so is the limit that MLX names",
  async () => {
    const { run, folder, env } = await folderStage();
    Object.assign(env, {
      PYTHONPATH: await olderPackages(),
      MLX_DOWNLOAD_FIT_PYTHON: bare?.python,
    });
    const known = await run(["info", folder, "--json"]);
    expect(JSON.parse(known.stdout), known.stderr).toMatchObject({
      loads: { verdict: "yes", by: { mlxLmVersion: "0.27.1", mlxVersion: "0.28.0" } },
      fit: { limitBytes },
      machine: { limitSource: "device_info" },
    });
    const config = JSON.stringify({
      model_type: "llama",
      quantization: { mode: "mxfp4", bits: 4, group_size: 32 },
    });
    await writeFile(join(folder, "config.json"), config);
    await packAsMxfp4(folder);
    const mode = await run(["fit", folder, "--json"]);
    expect(mode.code).toBe(8);
    expect(mode.stdout).toContain("the installed MLX 0.28.0 does not take mxfp4");
    await writeFile(join(folder, "config.json"), '{"model_type": "qwen3"}');
    const absent = await run(["fit", folder]);
    expect(absent.code).toBe(8);
    expect(absent.stdout).toMatch(/^Loads +no +mlx-lm 0\.27\.1 has no module for qwen3$/m);
  },
);

/** Weights of 8 × 32 packed as mxfp4 in the place of those of a folder. */
async function packAsMxfp4(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith("model")) await rm(join(folder, name));
  }
  const header = Buffer.from(
    JSON.stringify({
      "model.embed_tokens.weight": { dtype: "U32", shape: [8, 4], data_offsets: [0, 128] },
      "model.embed_tokens.scales": { dtype: "U8", shape: [8, 1], data_offsets: [128, 136] },
    }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const weights = Buffer.concat([length, header, Buffer.alloc(136)]);
  await writeFile(join(folder, "model.safetensors"), weights);
}
