import { fileURLToPath } from "node:url";
import { pythonEnv, run } from "@mlx-download/test-utils";
import { describe, expect, test } from "vitest";
import { describeModel, memoryNeed } from "../src/index.ts";
import { architectures, smallConfig } from "./architectures.ts";

const env = pythonEnv("mlx");

const STEP = 256;
const [SHORT, LONG] = [1025, 3073];

/** One of each kind; all with MLX_DOWNLOAD_ALL_ARCHITECTURES=1. */
const few = ["llama", "deepseek_v3", "mistral4", "gemma2", "phi", "minimax_m3_vl", "laguna"];
const names = process.env["MLX_DOWNLOAD_ALL_ARCHITECTURES"] === "1" ? architectures : few;

// Sinks and float32 queries of float16 models, which only unfused attention copies; caches that no kernel reads.
const otherOnTheCpu: ReadonlySet<string> = new Set(["gpt_oss", "mimo_v2_flash", "cohere2"]);

// mlx-lm evaluates only the caches in a step, and no cache waits for the attention of the last layer that has one. A full layer
// must not be the last to be seen.
const lastIsSliding: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  gemma3n: { num_kv_shared_layers: 1 },
  gemma4_text: { num_hidden_layers: 9 },
  olmo3: { num_hidden_layers: 5 },
  openelm: { num_query_heads: [4, 8, 4] },
};

function configOf(name: string): Readonly<Record<string, unknown>> {
  const config = smallConfig(name);
  const text = config["text_config"];
  const changes = lastIsSliding[name] ?? {};
  return typeof text === "object"
    ? { ...config, text_config: { ...text, ...changes } }
    : { ...config, ...changes };
}

interface Measured {
  readonly name: string;
  readonly bytesPerToken?: number;
  readonly error?: string;
}

async function measure(asked: readonly string[]): Promise<readonly Measured[]> {
  const script = fileURLToPath(new URL("score_matrices_oracle.py", import.meta.url));
  const cases = asked.map((name) => ({ name, config: configOf(name) }));
  const { code, stdout, stderr } = await run(env?.python ?? "", [script], {
    input: JSON.stringify(cases),
    timeoutMs: 3_000_000,
  });
  expect(code, stderr).toBe(0);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Measured);
}

/** Bytes that each further token of the prompt adds to the scores, where nothing is fused. */
function expectedBytes(name: string): number {
  const config = JSON.stringify({ ...configOf(name), torch_dtype: "float16" });
  const description = describeModel({ config });
  const at = (contextLength: number): number =>
    memoryNeed(description, { contextLength, prefillStepSize: STEP, mlxVersion: "0.29.0" })
      .attentionBytes ?? 0;
  return (at(LONG) - at(SHORT)) / (LONG - SHORT);
}

describe.skipIf(!env)("scores, measured in mlx-lm on the CPU", () => {
  test("grow with the prompt as is said", { timeout: 3_100_000 }, async () => {
    const measured = await measure(names);
    expect(measured.map(({ name }) => name)).toEqual(names);
    const off = measured.filter(isOff);
    // On a busy machine the allocator sometimes holds back more: those that are off are measured once more.
    const again = off.length === 0 ? [] : await measure(off.map(({ name }) => name));
    expect(
      again.filter(isOff).map((one) => ({ ...one, expected: expectedBytes(one.name) })),
    ).toEqual([]);
  });
});

/** A mask adds a byte a row, and what the allocator holds back shakes the figure by some percent. */
function isOff({ name, bytesPerToken, error }: Measured): boolean {
  if (otherOnTheCpu.has(name)) return false;
  const expected = expectedBytes(name);
  return (
    error !== undefined ||
    bytesPerToken === undefined ||
    bytesPerToken < 0.9 * expected - STEP ||
    bytesPerToken > 1.25 * expected + 2 * STEP
  );
}
