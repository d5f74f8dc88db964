import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeTinyModel } from "@mlx-download/hub-server/testing";
import { run, tempDir } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { describeModel, loadVerdict, type ModelFiles } from "../src/index.ts";
import { smallConfig } from "./architectures.ts";
import { readFolder } from "./read-folder.ts";

// A Python with mlx-vlm and mlx-embeddings, which no environment of CI has: they bring gigabytes.
const python = process.env["MLX_DOWNLOAD_PROGRAMS_PYTHON"];

const languageModels = [
  "llama",
  "qwen2",
  "qwen3",
  "qwen3_moe",
  "gemma2",
  "phi3",
  "olmo2",
  "starcoder2",
  "granite",
  "glm4",
  "lfm2",
];
// Its small config says which kind each layer is, which mlx-vlm alone believes.
const odd: ReadonlySet<string> = new Set(["mlx-vlm-llama-layers"]);
// Said to load, and does not. Which tensors mlx-vlm's towers have is not known here, and a first layer without a norm hides another one.
const notSeen = (name: string): boolean =>
  /^mlx-vlm-(?:llava|gemma3|paligemma|qwen2_vl|qwen2_5_vl|qwen3_vl|idefics3|mistral3)-extra$/.test(
    name,
  ) || name === "mlx-embeddings-modernbert-lacks-norm";

interface Tried {
  readonly name: string;
  readonly program: string;
  readonly path: string | null;
  readonly loads: boolean;
  readonly error: string | null;
}

describe.skipIf(python === undefined)("folders that mlx-vlm and mlx-embeddings load", () => {
  test("are told apart without loading", { timeout: 900_000 }, async () => {
    const folder = await tempDir();
    const tokenizer = join(folder, "tokenizer");
    await writeTinyModel(tokenizer);
    const script = fileURLToPath(new URL("program_folders.py", import.meta.url));
    const { code, stdout, stderr } = await run(
      python ?? "",
      [script, tokenizer, join(folder, "models")],
      {
        input: JSON.stringify(Object.fromEntries(languageModels.map((n) => [n, smallConfig(n)]))),
        timeoutMs: 800_000,
      },
    );
    expect(code, stderr).toBe(0);
    const lines = stdout.trim().split("\n");
    const tried = lines.map((line) => JSON.parse(line) as Tried);
    expect(tried.filter(({ path }) => path === null)).toEqual([]);
    expect(tried.length).toBeGreaterThanOrEqual(380);
    const wrong = [];
    for (const { name, program, path, loads, error } of tried) {
      if (path === null || odd.has(name) || notSeen(name)) continue;
      const files: ModelFiles = {
        ...(await readFolder(path)),
        ...(program === "mlx-embeddings" && { hub: { pipelineTag: "feature-extraction" } }),
      };
      const found = loadVerdict(describeModel(files)).programs.find(
        (one) => one.program === program,
      );
      if (found?.verdict === (loads ? "yes" : "no")) continue;
      wrong.push({ name, says: found?.message, error });
    }
    expect(wrong).toEqual([]);
  });
});

const files = [
  { path: "model.safetensors", size: 100 },
  { path: "tokenizer.json" },
  { path: "preprocessor_config.json" },
];
const judged = (config: Readonly<Record<string, unknown>>, more: Partial<ModelFiles> = {}) =>
  loadVerdict(describeModel({ config: JSON.stringify(config), files, ...more }));

test("a model that sees is loaded whole by mlx-vlm, and by mlx-lm without its eyes", () => {
  const { text_config: text, ...rest } = smallConfig("qwen3_vl");
  const { verdict, program, programs } = judged({ ...rest, text_config: text, vision_config: {} });
  expect({ verdict, program }).toEqual({ verdict: "yes", program: "mlx-lm" });
  expect(programs.map(({ message }) => message)).toEqual([
    expect.stringMatching(/^mlx-vlm \d+\.\d+\.\d+ loads it with its images$/),
    expect.stringMatching(/^mlx-lm \d+\.\d+\.\d+ loads its text part only$/),
  ]);
});

test.each([
  ["whisper", "mlx-audio", "loads it (speech to text)"],
  ["kokoro", "mlx-audio", "loads it (text to speech)"],
  ["bert", "mlx-embeddings", "loads it for embeddings"],
  ["xlm-roberta", "mlx-embeddings", "loads it for embeddings"],
  ["paligemma", "mlx-vlm", "loads it with its images"],
])("%s is judged by %s, the program that has it", (type, program, message) => {
  const found = judged({ model_type: type, vision_config: type === "paligemma" ? {} : undefined });
  expect(found).toMatchObject({ verdict: "yes", program });
  expect(found.reasons[0]?.message).toContain(message);
  expect(found.reasons.some(({ blocks }) => blocks)).toBe(false);
  const bad = new Map([["model.safetensors", "it is a git-lfs pointer"]]);
  expect(judged({ model_type: type }, { badHeaders: bad }).verdict).toBe("no");
});

test("without what prepares its images a model that sees is none for mlx-vlm", () => {
  const [vlm] = judged(
    { model_type: "paligemma", vision_config: {} },
    { files: files.slice(0, 2) },
  ).programs;
  expect(vlm).toMatchObject({ program: "mlx-vlm", verdict: "no" });
});

test("an architecture that no program has is loaded by none", () => {
  expect(judged({ model_type: "brand_new" })).toMatchObject({
    verdict: "no",
    program: "mlx-lm",
    programs: [],
  });
});
