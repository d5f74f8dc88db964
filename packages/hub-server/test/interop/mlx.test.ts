import { pythonEnv, tempDir } from "@mlx-download/test-utils";
import { expect, onTestFinished, test } from "vitest";
import { startTestHub, tinyModelFiles } from "../../src/testing/index.ts";
import { runPython } from "./run-python.ts";

const env = pythonEnv("mlx");

test.skipIf(!env)("mlx-lm loads the tiny model from the Hub and generates from it", async () => {
  if (!env) return;
  const hub = await startTestHub();
  onTestFinished(() => hub.close());
  await hub.addRepo("acme/tiny", tinyModelFiles());
  const script = `
from mlx_lm import load, generate
model, tokenizer = load("acme/tiny")
prompt = tokenizer.apply_chat_template([{"role": "user", "content": "h\u00e9"}], add_generation_prompt=True)
assert tokenizer.decode(prompt).startswith("<|im_start|>user\\nh\u00e9<|im_end|>"), tokenizer.decode(prompt)
text = generate(model, tokenizer, prompt=prompt, max_tokens=8)
print("generated", len(tokenizer.encode(text)))`;
  const ran = await runPython(env, ["python", "-c", script], {
    hfHome: await tempDir(),
    endpoint: hub.url,
    env: { MLX_DISABLE_COMPILE: "1" },
  });
  expect(ran.stdout, ran.stderr).toMatch(/generated \d/);
});
