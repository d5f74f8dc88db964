import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeTinyModel } from "@mlx-download/hub-server/testing";
import { pythonEnv, run, tempDir } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { describeModel, FitError, loadVerdict, type LoadVerdict } from "../src/index.ts";
import { architectures, smallConfig } from "./architectures.ts";
import { readFolder } from "./read-folder.ts";

const env = pythonEnv("mlx");
const whole = process.env["MLX_DOWNLOAD_ALL_ARCHITECTURES"] === "1";

/** Architectures that are broken in every way; the others are only tried sound. */
const broken: readonly string[] = whole
  ? [
      "llama",
      "qwen2",
      "qwen3",
      "gemma2",
      "gemma3_text",
      "phi3",
      "qwen3_moe",
      "olmo2",
      "starcoder2",
      "granite",
      "glm4",
      "deepseek_v3",
      "lfm2",
      "qwen3_5",
      "mistral3",
      "smollm3",
      "gpt_oss",
      "llama4",
      "mixtral",
      "gemma4",
      "cohere2",
    ]
  : ["llama", "qwen3_moe", "gemma3_text"];
// Our small configs of these are refused by transformers, or by the module's own sanitize, as published ones are not.
const unloadable: ReadonlySet<string> = new Set([
  "minicpm",
  "dbrx",
  "exaone4",
  "gear",
  "granitemoehybrid",
  "mamba2",
  "qwen3_vl_moe",
  "gemma3n",
]);
/** Those that are broken in further ways, too. */
const further: readonly string[] = whole ? broken : ["llama"];
// What the small sizes break: blocks of 128 × 128 in matrices of 64, a vocabulary without the tokens of Gemma.
const tooSmall: ReadonlySet<string> = new Set([
  "deepseek_v3-fp8",
  "gemma2-tokenizer-config-none",
  "gemma2-tokenizer-config-empty",
  "gemma3_text-tokenizer-config-none",
  "gemma3_text-tokenizer-config-empty",
]);
const sound = whole ? architectures.filter((name) => !unloadable.has(name)) : broken;

interface Tried {
  readonly name: string;
  readonly path: string;
  readonly loads: boolean;
  readonly error: string | null;
}

async function tryAll(): Promise<readonly Tried[]> {
  const folder = await tempDir();
  const tokenizer = join(folder, "tokenizer");
  await writeTinyModel(tokenizer);
  const script = fileURLToPath(new URL("load_folders.py", import.meta.url));
  const args = [script, tokenizer, join(folder, "models")];
  const configs = Object.fromEntries(sound.map((name) => [name, smallConfig(name)]));
  const input = JSON.stringify({ configs, broken, further });
  const { code, stdout, stderr } = await run(env?.python ?? "", args, {
    input,
    timeoutMs: 3_500_000,
  });
  expect(code, stderr).toBe(0);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Tried);
}

/** What we say of a folder, from names, sizes, config, index and headers alone. */
const judge = async (path: string): Promise<LoadVerdict> =>
  loadVerdict(describeModel(await readFolder(path)));

/** A config that cannot be described is no model to load. */
function refused(error: unknown): Pick<LoadVerdict, "verdict" | "reasons"> {
  if (!(error instanceof FitError)) throw error;
  return { verdict: "no", reasons: [] };
}

describe.skipIf(!env)("folders that mlx-lm loads, and folders that it does not", () => {
  test("are told apart without loading", { timeout: 3_600_000 }, async () => {
    const tried = await tryAll();
    expect(tried.length).toBeGreaterThanOrEqual(whole ? 3500 : 250);
    const wrong = [];
    for (const { name, path, loads, error } of tried.filter((one) => !tooSmall.has(one.name))) {
      const { verdict, reasons } = await judge(path).catch(refused);
      if (verdict === (loads ? "yes" : "no")) continue;
      const why = reasons.filter(({ blocks }) => blocks).map(({ message }) => message);
      wrong.push({ name, says: verdict, why, error });
    }
    expect(wrong).toEqual([]);
  });
});
