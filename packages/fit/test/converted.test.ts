import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeTinyModel } from "@mlx-download/hub-server/testing";
import { pythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import {
  describeModel,
  loadVerdict,
  memoryNeed,
  type ModelDescription,
  type ModelFiles,
  parseSafetensorsHeader,
} from "../src/index.ts";

const env = pythonEnv("mlx");

interface Converted {
  readonly name: string;
  readonly path: string;
  readonly parameters: number;
  readonly bitsPerWeight: number;
  readonly bytes: number;
  readonly kvBytes: number | null;
}

async function convertAll(): Promise<readonly Converted[]> {
  const folder = await tempDir();
  const tokenizer = join(folder, "tokenizer");
  await writeTinyModel(tokenizer);
  const script = fileURLToPath(new URL("convert_models.py", import.meta.url));
  const args = [script, tokenizer, join(folder, "models")];
  const { code, stdout, stderr } = await run(env?.python ?? "", args, { timeoutMs: 300_000 });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as readonly Converted[];
}

async function filesOf(path: string): Promise<ModelFiles> {
  const names = await readdir(path);
  const text = (name: string): Promise<string> => readFile(join(path, name), "utf8");
  const weights = names.filter((name) => name.endsWith(".safetensors"));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(path, name))).size));
  const headers = weights.map(async (name) => {
    const bytes = await readFile(join(path, name));
    return [name, parseSafetensorsHeader(bytes, { fileBytes: bytes.byteLength })] as const;
  });
  return {
    config: await text("config.json"),
    index: await text("model.safetensors.index.json"),
    tokenizerConfig: await text("tokenizer_config.json"),
    files: names.map((name, index) => ({ path: name, size: sizes[index] })),
    headers: new Map(await Promise.all(headers)),
  };
}

const QUANTIZATIONS: Readonly<Record<string, Readonly<Record<string, unknown>> | null>> = {
  source: null,
  float32: null,
  ...Object.fromEntries(
    [2, 3, 4, 5, 6, 8].map((bits) => [`${bits}bit`, { mode: "affine", bits, groupSize: 64 }]),
  ),
  mxfp4: { mode: "mxfp4", bits: 4, groupSize: 32 },
  nvfp4: { mode: "nvfp4", bits: 4, groupSize: 16 },
  mxfp8: { mode: "mxfp8", bits: 8, groupSize: 32 },
  mixed_4_6: { mode: "affine", bits: 4, groupSize: 64 },
};

function expectCounts(
  found: ModelDescription,
  { name, parameters, bytes, bitsPerWeight }: Converted,
  source: "header" | "index",
): void {
  expect({ name, source, parameters: found.parameters, bytes: found.weightsBytes }).toEqual({
    name,
    source,
    parameters,
    bytes,
  });
  const way = name.slice(name.indexOf("-") + 1);
  const expected = QUANTIZATIONS[way];
  if (expected) {
    // mlx-lm packs the router of this mixture in 8 bits, whatever the rest has.
    const router = name.startsWith("mixture") && way !== "8bit";
    const mixed = router || way === "mixed_4_6";
    expect(found.quantization, name).toMatchObject({ ...expected, mixed });
    expect(found.quantization?.bitsPerWeight, name).toBeCloseTo(bitsPerWeight, 10);
  } else {
    expect(found.quantization, name).toBe(expected);
  }
}

describe.skipIf(!env)("models that mlx_lm.convert wrote", () => {
  test(
    "parameters, bytes, bits a weight and bytes of keys and values are mlx-lm's own",
    { timeout: 400_000 },
    async () => {
      const models = await convertAll();
      expect(models).toHaveLength(2 * Object.keys(QUANTIZATIONS).length);
      for (const model of models) {
        const files = await filesOf(model.path);
        const described = describeModel(files);
        expectCounts(described, model, "header");
        expectCounts(describeModel({ ...files, headers: undefined }), model, "index");
        expect(described.problems, model.name).toEqual([]);
        const { kvBytes } = memoryNeed(described, { contextLength: 10 });
        if (model.kvBytes !== null) expect(kvBytes, model.name).toBe(model.kvBytes);
        expect(loadVerdict(described).verdict, model.name).toBe("yes");
      }
    },
  );
});
