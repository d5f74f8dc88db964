import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tinyModelFiles, writeHollowModel, writeTinyModel } from "@mlx-download/hub-server/testing";
import { tempDir } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { startStage } from "./stage.ts";

const mac = ["--memory", "64G", "--chip", "m4-max"];

async function tinyStage(): Promise<Awaited<ReturnType<typeof startStage>>> {
  const stage = await startStage();
  await stage.hub.addRepo("acme/tiny", tinyModelFiles());
  return stage;
}

/** A model that needs more than any Mac imagined here has: 57 GB. */
async function addLarge({ hub }: Awaited<ReturnType<typeof startStage>>): Promise<void> {
  const model = await writeHollowModel(join(await tempDir(), "large"));
  await hub.addRepo("acme/large", model.files, { declared: model.declared });
}

describe("info", () => {
  test("says with --json everything that is promised, without fetching a weight", async () => {
    const { hub, run } = await tinyStage();
    const { code, stdout, stderr } = await run(["info", "acme/tiny", "--json", ...mac]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 1,
      repoId: "acme/tiny",
      commit: expect.stringMatching(/^[0-9a-f]{40}$/),
      modelType: "llama",
      parameters: expect.any(Number),
      weightsBytes: expect.any(Number),
      quantization: {
        mode: "affine",
        bits: 4,
        groupSize: 32,
        bitsPerWeight: expect.any(Number),
        mixed: false,
      },
      contextLength: 2048,
      fit: {
        contextLength: 2048,
        kvBytes: expect.any(Number),
        kvPeakBytes: expect.any(Number),
        activationBytes: expect.any(Number),
        attentionBytes: expect.any(Number),
        overheadBytes: expect.any(Number),
        totalBytes: expect.any(Number),
        lowTotalBytes: expect.any(Number),
        limitBytes: 48 * 2 ** 30,
        verdict: "yes",
        maxContextLength: 2048,
      },
      loads: { verdict: "yes", reasons: expect.any(Array) },
      security: { verdict: "safe", findings: [] },
      machine: { chip: "Apple M4 Max", limitSource: "assumed", simulated: true },
    });
    const ranges = hub.log.of(({ path }) => path.endsWith(".safetensors"));
    expect(ranges.length).toBeGreaterThan(0);
    expect(ranges.every(({ range }) => range !== undefined)).toBe(true);
  });

  test("counts a draft, an adapter and the prompts that a server keeps beside the model", async () => {
    const { run, hub } = await tinyStage();
    await hub.addRepo("acme/draft", tinyModelFiles());
    const adapter = await tempDir();
    await writeFile(join(adapter, "adapters.safetensors"), Buffer.alloc(1_000_000));
    const totalOf = async (...more: string[]): Promise<number> => {
      const { stdout, stderr, code } = await run(["info", "acme/tiny", "--json", ...mac, ...more]);
      expect(code, stderr).toBe(0);
      return (JSON.parse(stdout) as { readonly fit: { readonly totalBytes: number } }).fit
        .totalBytes;
    };
    const alone = await totalOf();
    expect(await totalOf("--adapter", adapter)).toBe(alone + 1_000_000);
    const { stdout } = await run(["info", "acme/tiny", "--json", ...mac]);
    const { weightsBytes, fit } = JSON.parse(stdout) as {
      readonly weightsBytes: number;
      readonly fit: { readonly kvBytes: number; readonly kvPeakBytes: number };
    };
    expect(await totalOf("--kept-prompts", "3")).toBe(alone + 3 * fit.kvBytes);
    expect(await totalOf("--draft-model", "acme/draft")).toBe(
      alone + weightsBytes + fit.kvPeakBytes,
    );
    // It has no eyes.
    expect(await totalOf("--images", "2")).toBe(alone);
    const { code, stderr } = await run(["info", "acme/tiny", "--adapter", await tempDir()]);
    expect(code).toBe(2);
    expect(stderr).toContain("has no adapters.safetensors");
  });

  test("says which part of the context images take, and that they take none of a model without eyes", async () => {
    const { run } = await tinyStage();
    const seeing = join(await tempDir(), "seeing");
    await writeTinyModel(seeing);
    const text = JSON.parse(await readFile(join(seeing, "config.json"), "utf8")) as object;
    const vision = { hidden_size: 64, num_heads: 4, patch_size: 16, spatial_merge_size: 2 };
    await writeFile(
      join(seeing, "config.json"),
      JSON.stringify({
        model_type: "qwen3_vl",
        max_position_embeddings: 32_768,
        text_config: { ...text, max_position_embeddings: 32_768 },
        vision_config: vision,
      }),
    );
    const two = await run(["info", seeing, "--images", "2", ...mac]);
    expect(two.stdout.replaceAll(/\s+/g, " ")).toContain(
      "at 8,192 tokens, 2,048 of them for 2 images",
    );
    // The default grows with them.
    const ten = await run(["info", seeing, "--images", "10", "--json", ...mac]);
    expect(JSON.parse(ten.stdout)).toMatchObject({
      fit: { contextLength: 11_264, imageTokens: 10_240 },
    });
    const tooMany = await run(["info", seeing, "--images", "10", "--ctx", "8k", ...mac]);
    expect(tooMany.code).toBe(2);
    expect(tooMany.stderr).toContain("10 images take 10240 tokens, and the context has 8192");
    const blind = await run(["info", "acme/tiny", "--images", "2", ...mac]);
    expect(blind.stdout).toContain("--images counts nothing: it takes no images");
  });

  test("tells how a model that is code of its own is run, and judges it as trusted when told so", async () => {
    const { hub, run, cacheDir } = await tinyStage();
    const files = tinyModelFiles();
    const own = { ...(JSON.parse(String(files["config.json"])) as object), model_file: "own.py" };
    await hub.addRepo("acme/own", {
      ...files,
      "config.json": JSON.stringify(own),
      "own.py": "from mlx_lm.models.llama import Model, ModelArgs\n",
    });
    const refused = await run(["acme/own", "--require-fit", ...mac]);
    expect(refused.code).toBe(8);
    expect(refused.stderr).toContain("code of the repo (own.py)");
    expect(refused.stderr).toContain("ask with --trust-remote-code");
    await expect(readdir(join(cacheDir, "models--acme--own", "snapshots"))).rejects.toThrow();
    const card = await run(["fit", "acme/own", "--trust-remote-code", ...mac]);
    expect(card.code).toBe(0);
    expect(card.stdout.replaceAll(/\s+/g, " ")).toContain("expected to load, not checked");
    const fetched = await run(["acme/own", "--require-fit", "--trust-remote-code", ...mac]);
    expect(fetched.code, fetched.stderr).toBe(0);
    expect(fetched.stderr).toContain("--model acme/own --trust-remote-code");
  });

  test("writes a card of whole lines into a pipe", async () => {
    const { run } = await tinyStage();
    const { stdout } = await run(["info", "acme/tiny", ...mac]);
    expect(stdout).toMatch(/^acme\/tiny @ [0-9a-f]{7}$/m);
    expect(stdout).toMatch(/^Fits +yes {2}\d+ MB of 51\.5 GB at 2,048 tokens: /m);
    expect(stdout).toMatch(/^Loads +yes {2}/m);
    expect(stdout).toMatch(/^Machine +Apple M4 Max · 64 GiB memory/m);
    expect(stdout).not.toContain("\u001b");
  });

  test("describes a folder, and a cached model without network", async () => {
    const { run, hub } = await tinyStage();
    const folder = join(await tempDir(), "model");
    await writeTinyModel(folder);
    const local = await run(["info", folder, "--json"]);
    expect(JSON.parse(local.stdout)).toMatchObject({ repoId: null, path: folder, from: "folder" });
    await run(["get", "acme/tiny", "-q"]);
    hub.log.clear();
    const cached = await run(["info", "acme/tiny", "--offline", "--json"]);
    expect(JSON.parse(cached.stdout)).toMatchObject({ repoId: "acme/tiny", from: "cache" });
    expect(hub.log.entries).toEqual([]);
  });

  test("is honest about a machine that is no Mac", async () => {
    const { run } = await tinyStage();
    const { stdout } = await run(["info", "acme/tiny", "--json"]);
    const { machine } = JSON.parse(stdout) as { machine: { isTarget: boolean } };
    expect(machine.isTarget).toBe(process.platform === "darwin" && process.arch === "arm64");
  });

  test.each([
    [["--chip", "m9"], 2, "fit/invalid-option"],
    [["--memory", "much"], 2, "fit/invalid-option"],
    [["--ctx", "long"], 2, "cli/usage"],
    [["--kv-bits", "7"], 2, "fit/invalid-option"],
  ])("refuses %s", async (flags, exit, errorCode) => {
    const { run } = await tinyStage();
    const { code, stdout } = await run(["info", "acme/tiny", "--json", ...flags]);
    expect(code).toBe(exit);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 1, error: { code: errorCode } });
  });

  test("tells a missing folder from a folder that is no model", async () => {
    const { run } = await startStage();
    const folder = join(await tempDir(), "empty");
    expect((await run(["info", folder])).code).toBe(4);
    await mkdir(folder);
    expect((await run(["info", folder])).code).toBe(8);
  });
});

describe("fit", () => {
  test("exits 0 for what fits and 8 for what does not, and says it all the same", async () => {
    const stage = await tinyStage();
    const { run } = stage;
    await addLarge(stage);
    expect(await run(["fit", "acme/tiny", "-q", ...mac])).toMatchObject({ code: 0, stdout: "" });
    const no = await run(["fit", "acme/large", "--json", ...mac]);
    expect(no.code).toBe(8);
    expect(JSON.parse(no.stdout)).toMatchObject({ fit: { verdict: "no", maxContextLength: 0 } });
  });

  test("exits 8 for what mlx-lm cannot load", async () => {
    const { run, hub } = await startStage();
    await hub.addRepo("acme/odd", {
      ...tinyModelFiles(),
      "config.json": '{"model_type":"no_such_thing"}',
    });
    const { code, stdout } = await run(["fit", "acme/odd", ...mac]);
    expect(code).toBe(8);
    expect(stdout).toMatch(/^Loads +no /m);
  });
});

describe("get", () => {
  test("--require-fit exits 8 and writes nothing, --trust data exits 10", async () => {
    const stage = await tinyStage();
    const { run, hub } = stage;
    await addLarge(stage);
    await hub.addRepo("acme/pickle", { ...tinyModelFiles(), "x.pkl": "x" });
    const no = await run(["acme/large", "--require-fit", "--json", ...mac]);
    expect(no.code).toBe(8);
    expect(JSON.parse(no.stdout)).toMatchObject({
      schema: 1,
      error: { code: "review/does-not-fit", exitCode: 8, fit: { verdict: "no" } },
    });
    expect((await run(["acme/pickle", "--trust", "data"])).code).toBe(10);
    expect((await run(["acme/tiny", "--require-fit", "--trust", "data", ...mac])).code).toBe(0);
  });

  test("--dry-run says beside the files whether it fits", async () => {
    const { run, hub } = await tinyStage();
    const people = await run(["acme/tiny", "--dry-run", ...mac]);
    expect(people.stdout).toMatch(/^Fits: yes, 365 MB of 51\.5 GB at 2,048 tokens$/m);
    const { stdout } = await run(["acme/tiny", "--dry-run", "--json", ...mac]);
    expect(JSON.parse(stdout)).toMatchObject({
      bytes: { toFetch: expect.any(Number) },
      fit: { verdict: "yes" },
      loads: { verdict: "yes" },
      security: { verdict: "safe" },
    });
    expect(hub.log.of({ path: "tokenizer.json" })).toEqual([]);
  });
});
